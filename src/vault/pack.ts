import { AppError } from "../kernel/problems.ts";
import { compareText, sortFew } from "../kernel/sort-few.ts";
import type { DataKey, Place, Vault } from "./vault.ts";

/** What one category of a record says, as JSON. */
export interface PackPart {
  readonly category: string;
  readonly text: string;
}

/** The parts of a pack, in the order in which they stand there. */
export function packParts(cells: ReadonlyMap<string, unknown>): PackPart[] {
  const parts: PackPart[] = [];
  for (const [category, value] of cells) parts.push({ category, text: JSON.stringify(value) });
  return sortFew(parts, (a, b) => compareText(a.category, b.category));
}

/**
 * Several sealed cells of one record in one column, one cell per data category, so that a reader opens only the
 * categories it may. Layout: count u8, then per cell: category length u8, category, cell length u32, cell.
 */
export function sealPack(
  vault: Pick<Vault, "seal">,
  key: DataKey,
  place: Omit<Place, "category">,
  cells: ReadonlyMap<string, unknown>,
): Buffer | null {
  return sealParts(vault, key, place, packParts(cells));
}

/** The same of what has been put into writing before. */
export function sealParts(
  vault: Pick<Vault, "seal">,
  key: DataKey,
  place: Omit<Place, "category">,
  parts: readonly PackPart[],
): Buffer | null {
  if (parts.length === 0) return null;
  const { table, column, recordId } = place;
  let size = 1;
  const cells: Buffer[] = [];
  for (const { category, text } of parts) {
    const cell = vault.seal(key, { table, column, recordId, category }, text);
    cells.push(cell);
    size += 1 + Buffer.byteLength(category) + 4 + cell.length;
  }
  const pack = Buffer.allocUnsafe(size);
  pack[0] = parts.length;
  let at = 1;
  parts.forEach(({ category }, i) => {
    const cell = cells[i] as Buffer;
    const length = pack.write(category, at + 1);
    pack[at] = length;
    pack.writeUInt32BE(cell.length, at + 1 + length);
    at += 5 + length;
    at += cell.copy(pack, at);
  });
  return pack;
}

/** Opens the cells of a pack whose category `may` allows; throws `cell-unreadable` for a damaged pack. */
export function openPack(
  vault: Vault,
  key: DataKey,
  place: Omit<Place, "category">,
  pack: Buffer | null,
  may: (category: string) => boolean,
): Map<string, unknown> {
  const opened = new Map<string, unknown>();
  if (pack === null) return opened;
  let at = 1;
  for (let n = pack[0] ?? 0; n > 0; n--) {
    const nameLength = pack[at] ?? 0;
    const category = pack.toString("utf8", at + 1, at + 1 + nameLength);
    at += 1 + nameLength;
    if (at + 4 > pack.length) throw new AppError("cell-unreadable");
    const length = pack.readUInt32BE(at);
    const cell = pack.subarray(at + 4, at + 4 + length);
    at += 4 + length;
    if (may(category)) {
      opened.set(category, JSON.parse(vault.open(key, { ...place, category }, cell).toString("utf8")));
    }
  }
  if (at !== pack.length) throw new AppError("cell-unreadable");
  return opened;
}
