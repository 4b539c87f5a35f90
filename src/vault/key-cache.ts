import { type Clock, SECOND } from "../kernel/clock.ts";
import type { KeyId } from "../kernel/ids.ts";
import { AppError } from "../kernel/problems.ts";
import { type CellKey, type PlaceFrame, writeCellHeader } from "./cell.ts";
import { expandKey, KEY_BYTES } from "./derive.ts";
import { copyFew } from "./framing.ts";
import { DERIVED_AT, DERIVED_ROOM, giveBack, HEADER_AT, KEY_AT, type Slot, takeSlot } from "./key-room.ts";
import type { DataKey, KeyUse } from "./vault.ts";

/** Longer than this no unwrapped key may live; certificates of erasure count it in. */
const LET_GO = "A key was let go of before it was used. Load it again.";

/** Whether work failed only because it held a key for longer than keys may be held: doing it again will load it anew. */
export function isKeyLetGo(error: unknown): boolean {
  return error instanceof AppError && error.code === "keystore-unavailable" && error.detail === LET_GO;
}

export const LONGEST_TTL = 60 * SECOND;

type Ending = "expired" | "destroyed";

const NO_PLACES: readonly PlaceFrame[] = [];

/** Most keys derive for the same places in the same order: equal lists are one, as far as they are remembered. */
const LONGER = new WeakMap<readonly PlaceFrame[], Map<PlaceFrame, readonly PlaceFrame[]>>();
const MOST_LISTS = 10_000;
let lists = 0;

function withPlace(places: readonly PlaceFrame[], place: PlaceFrame): readonly PlaceFrame[] {
  const known = LONGER.get(places)?.get(place);
  if (known !== undefined) return known;
  const longer = [...places, place];
  if (lists < MOST_LISTS) {
    lists++;
    const after = LONGER.get(places) ?? new Map<PlaceFrame, readonly PlaceFrame[]>();
    LONGER.set(places, after.set(place, longer));
  }
  return longer;
}

/** An unwrapped data key. Its bytes are private to this class and are zeroed when it ends. */
export class HeldKey implements DataKey, CellKey {
  readonly id: KeyId;
  readonly use: KeyUse;
  /** When the keystore last said that this key is live, in milliseconds of the epoch. */
  seenLiveAt: number;
  readonly #slot: Slot;
  /** What was derived, in the order in which it lies there. */
  #places: readonly PlaceFrame[] = NO_PLACES;
  /** For keys that derive more than a slot has room for. */
  #more: Buffer | null = null;
  #ending: Ending | null = null;

  /** Takes the key over: `bytes` are zeroed. */
  constructor(id: KeyId, use: KeyUse, bytes: Buffer, seenLiveAt: number) {
    this.id = id;
    this.use = use;
    this.seenLiveAt = seenLiveAt;
    this.#slot = takeSlot();
    writeCellHeader(this.#slot.bytes, HEADER_AT, id);
    bytes.copy(this.#slot.bytes, KEY_AT);
    bytes.fill(0);
  }

  get header(): Buffer {
    this.refuseEnded();
    return this.#slot.header;
  }

  categoryKey(place: PlaceFrame): Buffer {
    const { bytes, at } = this.#find(place);
    return bytes.subarray(at, at + KEY_BYTES);
  }

  copyCategoryKey(place: PlaceFrame, into: Buffer, to: number): void {
    const { bytes, at } = this.#find(place);
    copyFew(bytes, at, at + KEY_BYTES, into, to);
  }

  /** Where the key of a place lies among what was derived. */
  #find(place: PlaceFrame): { bytes: Buffer; at: number } {
    this.refuseEnded();
    const known = this.#places.indexOf(place);
    const index = known === -1 ? this.#derive(place) : known;
    if (index < DERIVED_ROOM) return { bytes: this.#slot.bytes, at: DERIVED_AT + index * KEY_BYTES };
    return { bytes: this.#more as Buffer, at: (index - DERIVED_ROOM) * KEY_BYTES };
  }

  /** Derives the key of one more place and says which it is. */
  #derive(place: PlaceFrame): number {
    const index = this.#places.length;
    const bytes = this.#slot.bytes;
    const key = expandKey(bytes.subarray(KEY_AT, KEY_AT + KEY_BYTES), place.info);
    if (index < DERIVED_ROOM) key.copy(bytes, DERIVED_AT + index * KEY_BYTES);
    else {
      const at = (index - DERIVED_ROOM) * KEY_BYTES;
      const before = this.#more;
      if (before === null || at === before.length) {
        this.#more = Buffer.alloc(Math.max(DERIVED_ROOM * KEY_BYTES, 2 * at));
        before?.copy(this.#more);
        before?.fill(0);
      }
      key.copy(this.#more as Buffer, at);
    }
    key.fill(0);
    this.#places = withPlace(this.#places, place);
    return index;
  }

  /** Throws `key-destroyed` or, when it was let go of before, `keystore-unavailable`: load it again. */
  refuseEnded(): void {
    if (this.#ending === null) return;
    if (this.#ending === "destroyed") throw new AppError("key-destroyed");
    throw new AppError("keystore-unavailable", {
      detail: LET_GO,
    });
  }

  /** Zeroes the key and all that it derived. A destroyed key stays destroyed. */
  end(as: Ending): void {
    const isFirst = this.#ending === null;
    if (this.#ending !== "destroyed") this.#ending = as;
    if (!isFirst) return;
    this.#more?.fill(0);
    this.#more = null;
    this.#places = NO_PLACES;
    giveBack(this.#slot);
  }
}

export interface KeyCache {
  /** Finds a key that is good for at least half the time to live from now. `at`: now, for whoever looks for many. */
  find(id: string, at?: number): HeldKey | undefined;
  /** Every key held, fresh or about to expire. */
  peek(id: string): HeldKey | undefined;
  /** Takes keys in. A key of this batch is never pushed out by another of the same batch. */
  add(keys: readonly HeldKey[]): void;
  /** The keystore, asked at this time, has said again that the key is live. */
  renew(key: HeldKey, askedAt: number): void;
  /** Throws when the key's time is over, even where no sweep has passed yet. `at`: as for `find`. */
  check(key: HeldKey, at?: number): void;
  end(id: string, as: Ending): void;
  /** Zeroes everything past its time. */
  sweep(): void;
  /** Zeroes everything. */
  clear(): void;
  readonly size: number;
  readonly capacity: number;
}

/**
 * Keeps at most `capacity` unwrapped keys, least recently used out first, none longer than `ttl` milliseconds after
 * the keystore last showed it live. Uses while less than half is held do not count. `capacity` should be many times the
 * keys in use at one moment: a key pushed out while somebody holds it ends under their hands (`keystore-unavailable`).
 */
export function keyCache(clock: Clock, options: { capacity: number; ttl: number }): KeyCache {
  const ttl = Math.min(options.ttl, LONGEST_TTL);
  // A Map iterates in insertion order; whoever is used is taken out and put in again, once it matters.
  const held = new Map<string, HeldKey>();
  const now = (): number => clock.now().getTime();

  /** While less than half is held nobody is about to be pushed out, and taking part in the order costs more than finding. */
  const use = (key: HeldKey): void => {
    if (held.size * 2 < options.capacity) return;
    held.delete(key.id);
    held.set(key.id, key);
  };

  const drop = (key: HeldKey, as: Ending): void => {
    key.end(as);
    held.delete(key.id);
  };

  return {
    capacity: options.capacity,
    find(id, at = now()) {
      const key = held.get(id);
      if (key === undefined) return undefined;
      const age = at - key.seenLiveAt;
      if (age >= ttl / 2 || age < 0) return undefined;
      use(key);
      return key;
    },
    peek: (id) => held.get(id),
    add(keys) {
      const excess = held.size + keys.length - options.capacity;
      if (excess > 0) {
        let left = Math.min(excess, held.size);
        for (const key of held.values()) {
          if (left-- <= 0) break;
          drop(key, "expired");
        }
      }
      for (const key of keys) held.set(key.id, key);
    },
    renew(key, askedAt) {
      // After the clock was set back, what it said before lies in the future and counts no more.
      key.seenLiveAt = key.seenLiveAt - askedAt > ttl ? askedAt : Math.max(key.seenLiveAt, askedAt);
      use(key);
    },
    check(key, at = now()) {
      key.refuseEnded();
      const age = at - key.seenLiveAt;
      if (age < ttl && age >= -ttl) return;
      drop(key, "expired");
      key.refuseEnded();
    },
    end(id, as) {
      const key = held.get(id);
      if (key !== undefined) drop(key, as);
    },
    sweep() {
      const at = now();
      for (const key of held.values()) if (Math.abs(at - key.seenLiveAt) >= ttl) drop(key, "expired");
    },
    clear() {
      for (const key of held.values()) key.end("expired");
      held.clear();
    },
    get size() {
      return held.size;
    },
  };
}
