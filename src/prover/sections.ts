/**
 * Sections of an iden3 binary file, by type, as views of it.
 * @param magic the file's first four letters.
 * @throws {Error} for a file of another kind, or that ends early or late.
 */
export function readSections<Bytes extends Uint8Array>(
  file: Bytes,
  magic: "r1cs" | "zkey" | "wtns",
): Map<number, Bytes> {
  if (String.fromCharCode(...file.subarray(0, 4)) !== magic) throw new Error("bad magic");
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const sections = new Map<number, Bytes>();
  const count = view.getUint32(8, true);
  let offset = 12;
  for (let index = 0; index < count; index++) {
    const type = view.getUint32(offset, true);
    const size = Number(view.getBigUint64(offset + 4, true));
    offset += 12;
    if (offset + size > file.length) throw new Error("the file ends early");
    if (sections.has(type)) throw new Error("a section is there twice");
    sections.set(type, file.subarray(offset, offset + size) as Bytes);
    offset += size;
  }
  if (offset !== file.length) throw new Error("bytes are left over");
  return sections;
}
