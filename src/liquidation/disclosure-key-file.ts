import { readJsonFile, writeNewFile } from "../node/files.ts";
import { namingFile } from "../node/in-file.ts";
import { type DisclosureKey, newDisclosureKey, parseDisclosureKey } from "./disclosure-key.ts";

/**
 * Makes a key and writes its file, readable by its owner only; a file that exists is never overwritten.
 * @throws {BallastError} FILE_ERROR when it exists or can't be written.
 */
export async function createDisclosureKey(path: string): Promise<DisclosureKey> {
  const { key, text } = await newDisclosureKey();
  writeNewFile(path, text, 0o600);
  return key;
}

/**
 * Reads a key's file.
 * @throws {BallastError} FILE_ERROR when it can't be read, INVALID_KEY when it is no key or its halves don't belong together;
 *   nothing of the file is quoted.
 */
export async function loadDisclosureKey(path: string): Promise<DisclosureKey> {
  const json = readJsonFile(path, "disclosure key");
  try {
    return await parseDisclosureKey(json);
  } catch (error) {
    throw namingFile(path, error);
  }
}
