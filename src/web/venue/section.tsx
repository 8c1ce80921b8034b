import type { AttestedVenue } from "../../actions/solvency/read-attested.ts";
import { formatField, toField } from "../../math/field.ts";
import type { VenueRead } from "../source/read.ts";
import { age, coverage, moment } from "../text.ts";
import { Figures } from "./figures.tsx";
import { NotCovered } from "./not-covered.tsx";
import { verdictOf } from "./verdict.ts";
import { Warnings } from "./warnings.tsx";

/** A venue at a glance. */
export function VenueSection({ read }: { readonly read: VenueRead }) {
  const { attested } = read;
  return (
    <section class="venue" aria-labelledby="venue-title">
      <h2 id="venue-title">Venue</h2>
      <Warnings read={read} />
      {attested === undefined ? (
        <div class="verdict void">
          <p class="title">No attestation</p>
          <p>
            By this node's word the venue never closed a run: nothing is known of its solvency. Read at block{" "}
            {`${read.blockNumber}`}, {moment(read.blockTime)}.
          </p>
        </div>
      ) : (
        <Attested read={read} attested={attested} />
      )}
    </section>
  );
}

function Attested({ read, attested }: { readonly read: VenueRead; readonly attested: AttestedVenue }) {
  const { attestation } = attested;
  const { kind, title, why } = verdictOf(attested, read.now);
  const old = read.now - attestation.snapshotTime;
  const limit = attestation.expiresAt - attestation.snapshotTime;
  const rests =
    read.disagreements === undefined
      ? "By one node's word: name a second one above."
      : read.disagreements.length === 0
        ? "By the word of two nodes that agree."
        : "The two nodes don't agree: believe neither.";
  return (
    <>
      <div class={`verdict ${kind}`}>
        <p class="title">{title}</p>
        <p>{why}</p>
        <p class="rests">{rests}</p>
      </div>
      <dl class="facts">
        <Fact name="Coverage ratio" value={coverage(attestation.funds.coveragePpm)}>
          funds over the worst scenario's loss
        </Fact>
        <Fact name="Age of the prices" value={age(old < 0n ? 0n : old)}>
          limit {age(limit)}
        </Fact>
        <Fact name="Accounts" value={attestation.result.accounts.toLocaleString("en")}>
          every one is counted
        </Fact>
        <Fact name="Closed" value={moment(attestation.attestedAt)}>
          counts until {moment(attestation.expiresAt)}
        </Fact>
      </dl>
      <Figures attested={attested} snapshot={read.snapshot} />
      <NotCovered />
      <details>
        <summary>What was read, and where</summary>
        <dl class="ids">
          <Id name="registry" value={attested.registry} />
          <Id name="venue" value={attestation.venue} />
          <Id name="vault" value={attestation.vault} />
          <Id name="run" value={attestation.runId} />
          <Id name="snapshot" value={formatField(toField(attestation.snapshotId))} />
          <Id name="accounts root" value={formatField(toField(attestation.accountsRoot))} />
          <Id name="prices of" value={moment(attestation.snapshotTime)} />
          <Id name="proofs" value={`${attestation.batches} batches and a report`} />
          <Id name="chain" value={`${read.chainId}, block ${read.blockNumber}, ${moment(read.blockTime)}`} />
        </dl>
      </details>
    </>
  );
}

function Fact(props: {
  readonly name: string;
  readonly value: string;
  readonly children: preact.ComponentChildren;
}) {
  return (
    <div>
      <dt>{props.name}</dt>
      <dd>
        <span class="value">{props.value}</span>
        <span class="more">{props.children}</span>
      </dd>
    </div>
  );
}

function Id({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
