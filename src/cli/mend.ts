import type { MendingInput } from "../inputs.ts";

/** How each input is given on the command line: a flag of any command, or one of the command that it belongs to. */
const WRITTEN: Readonly<Record<MendingInput, string>> = {
  "account.name": "--account NAME",
  "account.output": "--output FILE",
  "accounts.leaveOut": "--leave-out",
  "accounts.round": "--round",
  backend: "--backend snarkjs",
  "ceremony.install": "ballast ceremony verify --ptau FILE --install",
  "chain.deployment": "--deployment",
  "chain.rpc": "--rpc",
  "circuits.check": "ballast circuits --check",
  "demo.before": "--before",
  "demo.chain": "--chain",
  "demo.liquidation": "--no-liquidation",
  "deploy.liquidation": "ballast deploy --venue ADDRESS --liquidation",
  "deploy.venue": "ballast deploy --venue ADDRESS",
  devnet: "ballast devnet",
  "devnet.port": "--port 0",
  "inclusion.slots": "--slots",
  "market.at": "--at",
  "market.from": "--from",
  "market.lots": "--lots",
  "market.lotsFile": "--lots-file",
  "market.underlyings": "--underlying",
  "prove.deployment": "ballast prove --deployment",
  "run.circuit": "--instance",
  "run.deadline": "--deadline",
  "run.deployment": "ballast solvency run --deployment",
  "run.portfolios": "--portfolios",
  "run.validFor": "--valid-for",
  "run.workers": "--workers",
  "setup.dev": "ballast setup --dev",
  "setup.force": "ballast setup --force",
  "setup.ptau": "ballast setup --ptau FILE",
  "setup.ptauHash": "--ptau-hash",
  snapshot: "--snapshot",
  "snapshot.chain": "ballast snapshot build --chain",
  "snapshot.include": "ballast snapshot build --include",
  "snapshot.maxAge": "--max-age",
  "snapshot.oracleRound": "ballast snapshot build --oracle-round",
  "snapshot.perpetuals": "--perpetuals",
  "snapshot.registry": "--registry",
  "snapshot.rows": "ballast snapshot build --rows",
  "snapshot.sampleShock": "--sample-shock",
  "snapshot.strict": "--strict",
  "snapshot.underlyings": "--underlying",
  "tree.depth": "ballast inclusion build --depth",
  "vault.add": "ballast vault add",
  "vault.amount": "--amount",
  "vault.lots": "--lots",
  "vault.unitsPerLot": "--units-per-lot",
};

/** A hint, with how what it speaks of is written on the command line. */
export function writtenHint(
  hint: string | undefined,
  inputs: readonly MendingInput[] = [],
): string | undefined {
  if (hint === undefined || inputs.length === 0) return hint;
  return `${hint.replace(/\.$/, "")} (${inputs.map((input) => WRITTEN[input]).join(", ")}).`;
}
