import { SourceForm } from "./source/form.tsx";
import { trouble, venue } from "./state.ts";
import { VenueSection } from "./venue/section.tsx";

/** The whole page. */
export function App() {
  return (
    <>
      <a class="skip" href="#content">
        Skip to the content
      </a>
      <header class="top">
        <h1>Ballast</h1>
        <p>Read a venue's solvency from the chain, in your own browser.</p>
      </header>
      <main id="content">
        <p class="banner" role="note">
          <strong>Unaudited.</strong> Nobody independent has reviewed circuits and contracts yet. This page is
          a copy like any other: its hash is that of <code>ballast page build</code> from a release you trust,
          or it isn't Ballast's.
        </p>
        <SourceForm />
        <div aria-live="polite">
          {trouble.value === undefined ? null : (
            <div class="trouble" role="alert">
              <h2>{trouble.value.what}</h2>
              {trouble.value.hint === undefined ? null : <p>{trouble.value.hint}</p>}
            </div>
          )}
        </div>
        {venue.value === undefined ? <Empty /> : <VenueSection read={venue.value} />}
      </main>
      <footer>
        <p>
          The page asks the nodes that you name, and nobody else. It stores nothing. Files that you choose
          stay in this browser.
        </p>
      </footer>
    </>
  );
}

function Empty() {
  return trouble.value !== undefined ? null : (
    <section class="empty">
      <h2>Nothing read yet</h2>
      <p>
        Choose the deployment file of the venue and a node of its chain. What the chain says of all the
        venue's accounts then stands here: whether its funds cover the worst scenario, how old that is, and
        what it doesn't cover.
      </p>
    </section>
  );
}
