/**
 * Examples at the end of each command's help, by the command's path. A test parses each. Those about a chain take `--rpc`,
 * `--deployment` and mostly `--snapshot` from the environment, as `ballast devnet` sets it.
 */
export const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  deploy: ["ballast deploy 16x120 64x240 --oracle ADDRESS -o d.json --rpc URL"],
  "inclusion build": ["ballast inclusion build -a accounts.jsonl -o accounts.tree"],
  "inclusion update": ["ballast inclusion update -t accounts.tree -a changed.jsonl"],
  "inclusion verify": ["ballast inclusion verify accounts.tree"],
  "inclusion prove": ["ballast inclusion prove --run run --account desk -s s.json -o desk.inclusion.json"],
  "inclusion check": ["ballast inclusion check desk.inclusion.json --root 0xROOT"],
  "solvency sample": ["ballast solvency sample -s s.json --accounts 200 -o venue.jsonl --reserves r.json"],
  "solvency run": ["ballast solvency run -s s.json --portfolios venue.jsonl -o run"],
  "solvency report": ["ballast solvency report run -s s.json"],
  "solvency verify": ["ballast solvency verify run/public -s s.json"],
  "solvency post": ["ballast solvency post run --venue-key-file venue.key"],
  "solvency show": ["ballast solvency show"],
  "vault add": ["ballast vault add 1 --token ADDRESS --units-per-lot 10000 --private-key-file venue.key"],
  "vault deposit": ["ballast vault deposit USDC --amount 250000 --private-key-file payer.key"],
  "vault request-withdrawal": [
    "ballast vault request-withdrawal USDC --amount 1000 --to ADDRESS --private-key-file venue.key",
  ],
  "vault complete-withdrawal": ["ballast vault complete-withdrawal 7"],
  "vault cancel-withdrawal": ["ballast vault cancel-withdrawal 7 --private-key-file venue.key"],
  "vault show": ["ballast vault show"],
};
