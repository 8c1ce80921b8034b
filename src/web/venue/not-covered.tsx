/** What no run says: it stands beside every verdict. */
export function NotCovered() {
  return (
    <div class="limits">
      <h3>What this does not say</h3>
      <ul>
        <li>
          Whether reserves are pledged to somebody else, or lent to the venue for the moment of the run.
        </li>
        <li>
          What the venue owes outside of the accounts tree: loans, salaries, customers it left out. A customer
          who checks their own inclusion finds the last.
        </li>
        <li>
          Who controls the reserves: the vault's contract limits what the venue can take out, and when; it
          doesn't know who holds the venue's key.
        </li>
        <li>
          Prices: the signers of the snapshot vouch for its market inputs. What is computed from them is
          proven.
        </li>
        <li>Losses beyond the policy's scenarios, and affiliates who trade under several accounts.</li>
      </ul>
    </div>
  );
}
