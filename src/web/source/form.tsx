import { signal } from "@preact/signals";
import { isReading, look } from "../state.ts";

const files = signal<Readonly<Record<"deployment" | "snapshot", string | undefined>>>({
  deployment: undefined,
  snapshot: undefined,
});

/** Where the page looks: all of it is the user's to say. */
export function SourceForm() {
  return (
    <form class="source" aria-label="Where to look" onSubmit={submit}>
      <p class="note">
        Addresses come from the file that you choose: take it from a source that you trust, never from the
        venue's word. A node can lie about the chain: a second one, of somebody else's, is asked the same.
      </p>
      <div class="fields">
        <FileField name="deployment" label="Deployment file" required />
        <label>
          Node (RPC URL)
          <input
            name="rpc"
            type="url"
            required
            placeholder="https://…"
            autocomplete="off"
            spellcheck={false}
          />
        </label>
        <label>
          Second node, optional
          <input name="second" type="url" placeholder="https://…" autocomplete="off" spellcheck={false} />
        </label>
        <FileField name="snapshot" label="Snapshot file, optional: names, and lots" />
      </div>
      <button type="submit" disabled={isReading.value}>
        {isReading.value ? "Asking…" : "Look"}
      </button>
    </form>
  );
}

function FileField(props: {
  readonly name: "deployment" | "snapshot";
  readonly label: string;
  readonly required?: boolean;
}) {
  const { name, label, required = false } = props;
  const onChange = async ({ currentTarget }: { readonly currentTarget: HTMLInputElement }) => {
    const text = await currentTarget.files?.[0]?.text();
    files.value = { ...files.value, [name]: text };
  };
  return (
    <label>
      {label}
      <input
        name={name}
        type="file"
        accept=".json,application/json"
        required={required}
        onChange={onChange}
      />
    </label>
  );
}

function submit(event: SubmitEvent): void {
  event.preventDefault();
  if (!(event.currentTarget instanceof HTMLFormElement)) return;
  const given = new FormData(event.currentTarget);
  const urlOf = (name: string): string => String(given.get(name) ?? "").trim();
  const { deployment, snapshot } = files.value;
  if (deployment === undefined) return;
  const second = urlOf("second");
  void look({
    rpcUrl: urlOf("rpc"),
    deployment,
    ...(second === "" ? {} : { secondUrl: second }),
    ...(snapshot === undefined ? {} : { snapshot }),
  });
}
