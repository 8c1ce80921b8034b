import WebSocket from "ws";
import { BallastError } from "../../errors.ts";

/** A connection that is open. */
export interface Socket {
  readonly send: (text: string) => void;
  /** Ends it; `onClose` is told. */
  readonly close: () => void;
}

export interface SocketEvents {
  readonly onText: (text: string) => void;
  /** Told once, whoever ended it. */
  readonly onClose: () => void;
}

/** A message may have so many bytes: all options on BTC with their summaries are half a megabyte. */
const MAX_BYTES = 32 << 20;
/** Milliseconds for the connection to be made, by the machine's own clock. */
const HANDSHAKE = 15_000;

/**
 * Connects to a venue.
 * @throws {BallastError} INVALID_INPUT for an address that isn't encrypted, on another machine; VENUE_UNAVAILABLE; the signal's reason.
 */
export function openSocket(url: string, events: SocketEvents, signal: AbortSignal): Promise<Socket> {
  signal.throwIfAborted();
  requireEncrypted(url);
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, {
      handshakeTimeout: HANDSHAKE,
      maxPayload: MAX_BYTES,
      perMessageDeflate: false,
    });
    const stop = (): void => {
      socket.terminate();
      reject(signal.reason);
    };
    signal.addEventListener("abort", stop, { once: true });
    socket.on("open", () => resolve({ send: (text) => socket.send(text), close: () => socket.terminate() }));
    socket.on("message", (data, isBinary) => {
      if (isBinary) socket.terminate();
      else events.onText(data.toString());
    });
    socket.on("error", (cause) => {
      reject(
        new BallastError("VENUE_UNAVAILABLE", `No connection to ${hostOf(url)}.`, {
          hint: "Is the venue under maintenance, or the network down?",
          cause,
        }),
      );
    });
    socket.on("close", () => {
      signal.removeEventListener("abort", stop);
      events.onClose();
    });
  });
}

/** An address's host, for messages. */
export function hostOf(url: string): string {
  return new URL(url).host;
}

/** Keys and positions go over it. @throws {BallastError} INVALID_INPUT. */
function requireEncrypted(url: string): void {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const isHere = parsed?.protocol === "ws:" && ["127.0.0.1", "localhost", "[::1]"].includes(parsed.hostname);
  if (parsed?.protocol === "wss:" || isHere) return;
  throw new BallastError("INVALID_INPUT", "The venue's address is none of an encrypted WebSocket.", {
    hint: "It begins with wss://; ws:// is for a server on this machine.",
  });
}
