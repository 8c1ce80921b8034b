/** What happens in a service, in public words: no amounts, no positions, no names of accounts. */
export interface ServiceEvent {
  readonly role: "feed" | "plan" | "prover" | "sender" | "service";
  readonly level: "info" | "warning";
  readonly message: string;
  /** Public facts. */
  readonly facts?: Readonly<Record<string, string | number>>;
}

export type OnEvent = (event: ServiceEvent) => void;
