import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FIELD_MODULUS, type Field, reduce, toField } from "../../src/math/field.ts";
import type { Account } from "../../src/portfolio/merkle.ts";

/** Account number i of a test. Ids at the ends of the field are among them. */
export function accountAt(i: number, version = 0): Account {
  const ends = [0n, 1n, FIELD_MODULUS - 1n];
  const accountId = ends[i] ?? reduce(BigInt(i) ** 40n + 2n);
  return { accountId: toField(accountId), commitment: reduce(BigInt(i + 1) * 3n ** 150n + BigInt(version)) };
}

export function accountsTo(count: number): Account[] {
  return Array.from({ length: count }, (_, i) => accountAt(i));
}

/** The tree by its definition, over all 2^depth places. */
export function slowRoot(
  leaves: readonly Field[],
  depth: number,
  node: (left: Field, right: Field) => Field,
): Field {
  let level = Array.from({ length: 2 ** depth }, (_, i) => leaves[i] ?? toField(0n));
  while (level.length > 1) {
    level = Array.from({ length: level.length / 2 }, (_, i) =>
      node(level[2 * i] ?? toField(0n), level[2 * i + 1] ?? toField(0n)),
    );
  }
  return level[0] ?? toField(0n);
}

export function folder(): { readonly file: (name: string) => string; readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "ballast-tree-"));
  return {
    path,
    file: (name) => join(path, name),
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}
