import type { Field } from "../math/field.ts";
import { hashDomain } from "../math/poseidon.ts";
import { emptyRoots, rootOf } from "../portfolio/merkle.ts";
import { getElement, putElement } from "./element.ts";
import type { HashContext } from "./levels.ts";
import { NODE_BYTES } from "./pair-hasher.ts";

/** What a thread without src/math/poseidon.ts needs to hash a tree of this depth. */
export function hashContext(depth: number): HashContext {
  const empty = Buffer.alloc((depth + 1) * NODE_BYTES);
  emptyRoots(depth).forEach((root, level) => {
    putElement(empty, level * NODE_BYTES, root);
  });
  return { accountDomain: hashDomain("account", 2), nodeDomain: hashDomain("node", 2), empty };
}

/** The tree's root from that of its stored levels: what lies to the right of them is empty. */
export function topRoot(
  stored: Buffer,
  { depth, height }: { readonly depth: number; readonly height: number },
): Field {
  return rootOf(getElement(stored, 0), 0, emptyRoots(depth).slice(height, depth));
}
