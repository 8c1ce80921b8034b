/**
 * Examples at the end of each command's help, by the command's path. A test parses each. Those about a chain take `--rpc`,
 * `--deployment` and mostly `--snapshot` from the environment, as `ballast devnet` sets it.
 */
export const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  demo: [
    "ballast demo --no-liquidation --out demo",
    "ballast demo --chain btc.csv.gz --before btc-before.csv.gz",
  ],
  "devnet start": ["ballast devnet dev", "ballast devnet dev --port 0 --exec 'sh case.sh'"],
  "devnet move": ["ballast devnet move 600"],
};
