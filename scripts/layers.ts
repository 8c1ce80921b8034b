/**
 * Who may import whom: each folder of src/ with those it stands on. What these stand on it may import too, and nothing else:
 * test/layout.test.ts holds it, and the README's picture is drawn from it.
 */
export const LAYERS: Readonly<Record<string, readonly string[]>> = {
  node: [],
  math: [],
  market: ["math", "node"],
  risk: ["market"],
  portfolio: ["risk"],
  prover: ["risk"],
  witness: ["portfolio", "prover"],
  tree: ["portfolio"],
  solvency: ["witness", "tree"],
  liquidation: ["witness"],
  chain: ["solvency", "liquidation"],
  actions: ["chain"],
  venues: ["portfolio"],
  service: ["actions", "venues"],
  client: [],
  demo: ["service"],
  cli: ["demo"],
  web: ["actions"],
};

/** The library's entries, which nothing imports, and the folders that they don't open. */
export const DOORS = ["index.ts", "node.ts"];
export const CLOSED = ["venues", "service", "demo", "cli", "web"];

/** Files and folders that may use Node; everything else in src/ runs in a browser. */
const NODE_FOLDERS = ["node", "keys", "tree", "venues", "service", "demo", "cli"];

/** Whether a file of src/ may use Node's modules and globals. */
export function mayUseNode(path: string): boolean {
  const [, ...steps] = path.split("/");
  return (
    path === "src/node.ts" ||
    path.endsWith("-file.ts") ||
    steps.slice(0, -1).some((step) => NODE_FOLDERS.includes(step))
  );
}

/** All folders that one stands on. */
export function below(folder: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const next of LAYERS[folder] ?? []) for (const one of [next, ...below(next)]) found.add(one);
  return found;
}

/** The picture: an arrow from each folder to those that it stands on. */
export function layerPicture(): string {
  const arrows = Object.entries(LAYERS).flatMap(([folder, on]) =>
    on.map((next) => `  ${folder} --> ${next}`),
  );
  return ["```mermaid", "flowchart TD", ...arrows, "```"].join("\n");
}
