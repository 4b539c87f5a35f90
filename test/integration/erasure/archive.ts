import { inflateRawSync } from "node:zlib";
import { decrypt, readMessage } from "openpgp";

/** The files of an archive, read by its central directory. */
export function unzip(archive: Buffer): Map<string, Buffer> {
  const end = archive.lastIndexOf("PK\u0005\u0006", undefined, "latin1");
  const files = new Map<string, Buffer>();
  let at = archive.readUInt32LE(end + 16);
  for (let n = archive.readUInt16LE(end + 10); n > 0; n--) {
    const [packed, named] = [archive.readUInt32LE(at + 20), archive.readUInt16LE(at + 28)];
    const local = archive.readUInt32LE(at + 42);
    const from = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
    files.set(
      archive.toString("utf8", at + 46, at + 46 + named),
      inflateRawSync(archive.subarray(from, from + packed)),
    );
    at += 46 + named + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  return files;
}

/** The files of a package that was sealed with a passphrase, as its reader opens it. */
export async function openArchive(sealed: Buffer, passphrase: string): Promise<Map<string, Buffer>> {
  const message = await readMessage({ binaryMessage: new Uint8Array(sealed) });
  const { data } = await decrypt({ message, passwords: [passphrase], format: "binary" });
  return unzip(Buffer.from(data as Uint8Array));
}
