import { createHash, type Hash } from "node:crypto";
import { fstatSync, rmSync } from "node:fs";
import type { Field } from "../../math/field.ts";
import { placeFile, temporaryName } from "../../node/files.ts";
import { commit, packSlot, unpackSlot } from "../../portfolio/commitment.ts";
import type { Account } from "../../portfolio/merkle.ts";
import { slotsOf } from "../../portfolio/portfolio.ts";
import { ByteFile } from "../../tree/bytes.ts";
import { getElement, putElement } from "../../tree/element.ts";
import type { SolvencyAccount } from "../../witness/solvency.ts";
import { damagedFile } from "./damage.ts";

const MAGIC = Buffer.from("ballast.book/1\n\0", "latin1");
/** Magic, slots, accounts, SHA-256 of the records, zeros. */
const HEADER_BYTES = 96;
const ELEMENT_BYTES = 32;
const SLOT_BYTES = 8;
const BUFFERED_BYTES = 1 << 20;
const WHAT = "book of accounts";

/** Bytes of an account: id, salt, slots. */
function recordBytes(slots: number): number {
  return 2 * ELEMENT_BYTES + slots * SLOT_BYTES;
}

/**
 * Writes a run's accounts, in the order of their places, to one file that only its owner can read. It appears whole
 * under its name or not at all. The book opens every commitment of the run: it is the venue's secret.
 */
export class BookWriter {
  readonly path: string;
  readonly slots: number;
  readonly #temporary: string;
  readonly #file: ByteFile;
  readonly #hash: Hash = createHash("sha256");
  #buffer: Buffer[] = [];
  #buffered = 0;
  #written = HEADER_BYTES;
  #count = 0;

  /** @param slots M of the circuit: every account takes as many. @throws {BallastError} FILE_ERROR. */
  constructor(path: string, slots: number) {
    this.path = path;
    this.slots = slots;
    this.#temporary = temporaryName(path);
    this.#file = new ByteFile(this.#temporary, "wx+", 0o600, WHAT, path);
  }

  get count(): number {
    return this.#count;
  }

  /**
   * Appends an account.
   * @throws {BallastError} PORTFOLIO_TOO_LARGE, and as `slotsOf`; FILE_ERROR.
   */
  add(account: SolvencyAccount): void {
    const record = Buffer.alloc(recordBytes(this.slots));
    putElement(record, 0, account.accountId);
    putElement(record, ELEMENT_BYTES, account.salt);
    slotsOf(account.positions, this.slots).forEach((slot, i) => {
      record.writeBigUInt64BE(packSlot(slot), 2 * ELEMENT_BYTES + i * SLOT_BYTES);
    });
    this.#buffer.push(record);
    this.#buffered += record.length;
    this.#count++;
    if (this.#buffered >= BUFFERED_BYTES) this.#flush();
  }

  /** Makes the book durable and gives it its name. @throws {BallastError} FILE_ERROR. */
  finish(): void {
    this.#flush();
    const header = Buffer.alloc(HEADER_BYTES);
    MAGIC.copy(header);
    header.writeUInt32BE(this.slots, 16);
    header.writeUInt32BE(this.#count, 20);
    this.#hash.digest().copy(header, 24);
    this.#file.write(0, header);
    this.#file.close();
    placeFile(this.#temporary, this.path);
  }

  /** Throws away what was written. */
  abandon(): void {
    this.#file.close();
    rmSync(this.#temporary, { force: true });
  }

  #flush(): void {
    const bytes = Buffer.concat(this.#buffer);
    this.#hash.update(bytes);
    this.#file.write(this.#written, bytes);
    this.#written += bytes.length;
    this.#buffer = [];
    this.#buffered = 0;
  }
}

/** A book, opened for reading; accounts are read when they are asked for. */
export class Book {
  readonly path: string;
  readonly slots: number;
  readonly count: number;
  /** SHA-256 of all records, as written. */
  readonly digest: string;
  readonly #file: ByteFile;

  /** @throws {BallastError} FILE_ERROR; RUN_DAMAGED when it is no book, or cut off. */
  constructor(path: string) {
    this.path = path;
    this.#file = new ByteFile(path, "r", 0o600, WHAT);
    const { size } = fstatSync(this.#file.descriptor);
    const header = this.#file.read(0, Math.min(size, HEADER_BYTES));
    const known = header.length === HEADER_BYTES && header.subarray(0, MAGIC.length).equals(MAGIC);
    this.slots = known ? header.readUInt32BE(16) : 0;
    this.count = known ? header.readUInt32BE(20) : 0;
    this.digest = header.subarray(24, 56).toString("hex");
    if (!known || size !== HEADER_BYTES + this.count * recordBytes(this.slots)) {
      this.#file.close();
      throw damagedFile(path, "it is no book of accounts, or was cut off");
    }
  }

  /**
   * Compares all records with the digest in the head. A changed salt or position would otherwise give another commitment, silently.
   * @throws {BallastError} RUN_DAMAGED; FILE_ERROR.
   */
  verify(): void {
    if (this.#file.digest(HEADER_BYTES) === this.digest) return;
    throw damagedFile(this.path, "its accounts are not those that were written");
  }

  /** The account at a place, null beyond the last. @throws {BallastError} FILE_ERROR. */
  account(place: number): SolvencyAccount | null {
    return this.accounts(place, 1)[0] ?? null;
  }

  /** The accounts at consecutive places; null beyond the last. */
  accounts(first: number, count: number): (SolvencyAccount | null)[] {
    const width = recordBytes(this.slots);
    const here = Math.max(0, Math.min(count, this.count - first));
    const bytes = this.#file.read(HEADER_BYTES + first * width, here * width);
    const known = Array.from({ length: here }, (_, i) => decode(bytes.subarray(i * width, (i + 1) * width)));
    return [...known, ...new Array<null>(count - here).fill(null)];
  }

  /** Every account's id and commitment, in the order of places, for the accounts tree. */
  *commitments(): Generator<Account> {
    for (let place = 0; place < this.count; place++) {
      const account = this.account(place);
      if (account === null) return;
      const { accountId, salt, positions } = account;
      yield { accountId, commitment: commit(accountId, salt, slotsOf(positions, this.slots)) };
    }
  }

  close(): void {
    this.#file.close();
  }
}

function decode(record: Buffer): SolvencyAccount {
  const element = (at: number): Field => getElement(record, at);
  const positions = [];
  for (let at = 2 * ELEMENT_BYTES; at < record.length; at += SLOT_BYTES) {
    const { instrumentId, isShort, quantity } = unpackSlot(record.readBigUInt64BE(at));
    if (instrumentId !== 0) positions.push({ instrumentId, quantity: isShort === 1 ? -quantity : quantity });
  }
  return { accountId: element(0), salt: element(ELEMENT_BYTES), positions };
}
