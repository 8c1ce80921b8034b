/** What happens in a service, in public words: no amounts, no positions, no names of accounts. */
export interface ServiceEvent {
  readonly role: "feed" | "signer" | "plan" | "prover" | "sender" | "keeper" | "solvency" | "api" | "service";
  readonly level: "info" | "warning";
  readonly message: string;
  /** Public facts. */
  readonly facts?: Readonly<Record<string, string | number>>;
}

export type OnEvent = (event: ServiceEvent) => void;

/** The same without what was said just before: a role that waits says so once, and again when a minute is over. */
export function withoutRepeats(onEvent: OnEvent, every = 60_000): OnEvent {
  const said = new Map<string, { readonly message: string; readonly at: number }>();
  return (event) => {
    const { role, message } = event;
    const [last, now] = [said.get(role), performance.now()];
    if (last?.message === message && event.facts === undefined && now - last.at < every) return;
    said.set(role, { message, at: now });
    onEvent(event);
  };
}
