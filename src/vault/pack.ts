import { AppError } from "../kernel/problems.ts";
import type { DataKey, Place, Vault } from "./vault.ts";

/**
 * Several sealed cells of one record in one column, one cell per data category, so that a reader opens only the
 * categories it may. Layout: count u8, then per cell: category length u8, category, cell length u32, cell.
 */
export function sealPack(
  vault: Vault,
  key: DataKey,
  place: Omit<Place, "category">,
  cells: ReadonlyMap<string, unknown>,
): Buffer | null {
  if (cells.size === 0) return null;
  const parts: Buffer[] = [Buffer.of(cells.size)];
  for (const category of [...cells.keys()].sort()) {
    const name = Buffer.from(category, "utf8");
    const plaintext = Buffer.from(JSON.stringify(cells.get(category)), "utf8");
    const cell = vault.seal(key, { ...place, category }, plaintext);
    const head = Buffer.allocUnsafe(1 + name.length + 4);
    head[0] = name.length;
    name.copy(head, 1);
    head.writeUInt32BE(cell.length, 1 + name.length);
    parts.push(head, cell);
  }
  return Buffer.concat(parts);
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
