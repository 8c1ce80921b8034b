// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Groth16} from "../verify/Groth16.sol";
import {IClosedRuns} from "./IClosedRuns.sol";

/// @title One venue's solvency attestations
/// @author Ballast
/// @notice A run walks all accounts of the venue in batches, from the accounts root that the venue signed to a report
/// of what its funds would have to absorb (docs/protocol/encodings.md, section 7). A closed run is an attestation: all
/// accounts together are netted, and what they hold in collateral is in the venue's vault.
/// @dev One registry is one venue, with one vault: two venues could otherwise show the same tokens. The same holds for
/// two registries of one venue: whoever relies on a venue's attestations must know which registry is its only one.
interface ISolvencyRegistry is IClosedRuns {
    /// @notice What a run is fixed by before its first proof; the venue signs it (EIP-712).
    /// @dev `reservesHash` is keccak256(abi.encode(reserves)): the netting challenge must come after the reserves.
    struct RunHeader {
        address venue;
        bytes32 batchCircuit;
        bytes32 reportCircuit;
        uint256 snapshotId;
        uint256 accountsRoot;
        bytes32 reservesHash;
        uint256 initialState;
        uint64 deadline;
    }

    /// @notice The next batch: where it takes the run's state, and its proof.
    struct Step {
        uint256 stateOut;
        Groth16.Proof proof;
    }

    /// @notice What a report opens; amounts in micro-USD, scenario 0 is now.
    struct Report {
        uint256[5] tiers;
        uint256 currentShortfall;
        uint256 worstScenario;
        uint256 worstShortfall;
        uint256 cover1Scenario;
        uint256 cover1Shortfall;
        uint256 cover2Scenario;
        uint256 cover2Shortfall;
        uint256[6] demand;
    }

    /// @notice What the accounts hold of an asset, all together.
    struct Reserve {
        uint32 instrumentId;
        uint256 lots;
    }

    /// @notice A reserve, and what the vault held when the run was closed (at most 2^160 - 1 is recorded).
    struct HeldReserve {
        uint32 instrumentId;
        uint64 lots;
        uint160 held;
    }

    /// @notice How far a run is; all zero when there is none. `handovers` is the vault's when it was opened.
    struct Run {
        uint256 accountsRoot;
        bytes32 reservesHash;
        uint256 state;
        uint256 snapshotId;
        bytes32 batchCircuit;
        bytes32 reportCircuit;
        uint64 deadline;
        uint32 batches;
        uint32 handovers;
        bool closed;
    }

    /// @notice What a closed run says; all zero when there is none.
    /// @dev `demand` is |delta|, short gamma and |vega| of the accounts in tier 2 or worse, for each underlying, in
    /// micro-USD. `coverageRatio` is the funds over the worst shortfall in ppm, rounded down; type(uint256).max when
    /// the worst shortfall is zero.
    struct Attestation {
        bool exists;
        bool isCurrent;
        bytes32 runId;
        uint256 snapshotId;
        uint256 accountsRoot;
        bytes32 batchCircuit;
        bytes32 reportCircuit;
        uint64 snapshotTime;
        uint64 attestedAt;
        uint64 expiresAt;
        uint32 batches;
        uint256 accounts;
        uint32[5] accountsByTier;
        uint256 currentShortfall;
        uint256 worstScenario;
        uint256 worstShortfall;
        uint256 cover1Scenario;
        uint256 cover1Shortfall;
        uint256 cover2Scenario;
        uint256 cover2Shortfall;
        uint96[6] demand;
        uint256 insuranceFund;
        uint256 gammaReserve;
        uint256 coverageRatio;
        HeldReserve[] reserves;
    }

    /// @notice A run was opened.
    /// @param runId the run.
    /// @param snapshotId its snapshot.
    /// @param accountsRoot the root of its accounts.
    event RunOpened(bytes32 indexed runId, uint256 indexed snapshotId, uint256 accountsRoot);

    /// @notice Batches were accepted.
    /// @param runId the run.
    /// @param batches how many it has now: the number of the next one.
    event BatchesAccepted(bytes32 indexed runId, uint32 batches);

    /// @notice A run was closed: its attestation is the latest.
    /// @param runId the run.
    /// @param snapshotId its snapshot.
    /// @param accountsRoot the root of its accounts.
    event SolvencyAttested(bytes32 indexed runId, uint256 indexed snapshotId, uint256 accountsRoot);

    /// @notice The oracle's table points refer to another list of verifiers.
    error VerifierListMismatch();

    /// @notice The maximum age must be 1 minute to 7 days.
    error InvalidMaxAge(uint64 maxAge);

    /// @notice The header names another venue than this registry's.
    error WrongVenue(address given, address venue);

    /// @notice The venue that signed the run is the venue no more: begin a new one.
    error RunOfFormerVenue(bytes32 runId);

    /// @notice The signature is not the venue's for this header, chain and registry.
    error InvalidSignature(address signer);

    /// @notice The run was opened before: go on with it.
    error RunAlreadyOpened(bytes32 runId);

    /// @notice The root or the state is not below the scalar field.
    error ValueNotInField(uint256 value);

    /// @notice The run's deadline has passed: open a new one.
    error DeadlinePassed(uint64 deadline, uint256 now_);

    /// @notice The deadline lies after the snapshot's expiry: choose an earlier one.
    error DeadlineTooLate(uint64 deadline, uint256 latest);

    /// @notice The snapshot is too old to attest with: prove against a newer one.
    error SnapshotStale(uint64 snapshotTime, uint256 oldest);

    /// @notice This registry takes table points only when they were computed on chain.
    error TablePointNotProven(uint256 snapshotId, bytes32 circuitId);

    /// @notice No run with this id was opened.
    error UnknownRun(bytes32 runId);

    /// @notice The run is closed already.
    error RunClosed(bytes32 runId);

    /// @notice A submission has 1 to 64 batches.
    error InvalidBatchSize(uint256 size);

    /// @notice The run's next batch is not among these: one was left out before them, or all are known already.
    error UnexpectedBatch(uint256 given, uint256 expected);

    /// @notice The proof does not verify as this run's next batch.
    error InvalidProof();

    /// @notice At least one of the proofs does not verify as the run's batch at its place: nothing was recorded.
    error InvalidBatchProof();

    /// @notice The run has no batch yet: submit its batches before its report.
    error NoBatches(bytes32 runId);

    /// @notice The last attestation has this or a newer snapshot.
    error SnapshotNotNewer(uint64 snapshotTime, uint64 attested);

    /// @notice The report does not verify for this run's state, number of batches, opened numbers and reserves: a
    /// batch is missing, a number is another one, or accounts hold other amounts than the reserves.
    error InvalidReport();

    /// @notice Reserves must be in strictly ascending order of their ids, each once.
    error ReservesNotAscending(uint32 previous, uint32 current);

    /// @notice The reserves are not those that the run was opened with.
    error ReservesMismatch(bytes32 given, bytes32 expected);

    /// @notice The vault holds less of the asset than the accounts do: deposit the rest.
    error ReservesShort(uint32 instrumentId, uint256 lots, uint256 held);

    /// @notice `zeta` is the asset's id, so the netting sum says nothing of it: use another snapshot.
    error NoInverse(uint32 instrumentId);

    /// @notice Opens a run under the venue's signature; anyone may submit it.
    /// @param header what fixes the run.
    /// @param signature the venue's: ECDSA for an account, ERC-1271 for a contract.
    /// @return runId the run.
    function open(RunHeader calldata header, bytes calldata signature) external returns (bytes32 runId);

    /// @notice Takes a run's next batches, in their order; anyone may submit them.
    /// @param runId the run.
    /// @param fromBatch the number of the first one. Batches that the run has already are skipped, so that submitting
    /// one of them ahead of the others can't stop these; at least one must be new.
    /// @param steps 1 to 64 batches.
    function submit(bytes32 runId, uint256 fromBatch, Step[] calldata steps) external;

    /// @notice Closes a run with its report; anyone may submit it.
    /// @param runId the run.
    /// @param report the numbers that the report opens.
    /// @param proof the report's proof.
    /// @param reserves exactly what the accounts hold of each asset, ascending by id, as the header has them; each less
    /// than 2^64 lots, and at most what the vault holds.
    function close(
        bytes32 runId,
        Report calldata report,
        Groth16.Proof calldata proof,
        Reserve[] calldata reserves
    ) external;

    /// @notice What a closed run says.
    /// @param runId the run.
    /// @return the attestation.
    function attestation(bytes32 runId) external view returns (Attestation memory);

    /// @notice The last attestation: that of the newest snapshot.
    /// @return the attestation.
    function latest() external view returns (Attestation memory);

    /// @notice Whether a run's attestation may be relied on.
    /// @param runId the run.
    /// @return true unless there is none, it expired, its table point or table was proven wrong, or one of its circuits
    /// was retired.
    function isCurrent(bytes32 runId) external view returns (bool);

    /// @notice How far a run is.
    /// @param runId the run.
    /// @return the run.
    function run(bytes32 runId) external view returns (Run memory);

    /// @notice The id of a run on this chain and registry.
    /// @param header what fixes the run.
    /// @return the id.
    function runIdOf(RunHeader calldata header) external view returns (bytes32);

    /// @notice The digest that the venue signs to open a run (EIP-712).
    /// @param header what fixes the run.
    /// @return the digest.
    function openDigest(RunHeader calldata header) external view returns (bytes32);

    /// @notice The context that every proof of a run must carry.
    /// @param runId the run.
    /// @return the public signal `context`.
    function contextOf(bytes32 runId) external pure returns (uint256);

    /// @notice The oldest a snapshot may be, for attesting and for relying on an attestation, in seconds.
    /// @return the age.
    function maxAge() external view returns (uint64);

    /// @notice Whether only table points computed on chain are accepted.
    /// @return whether they are.
    function requireProven() external view returns (bool);

    /// @notice Whose solvency is attested.
    /// @return the venue.
    function venue() external view returns (address);

    /// @notice The venue's tokens.
    /// @return its vault's address.
    function vault() external view returns (address);

    /// @notice What absorbs losses.
    /// @return the clearing house's address; zero when the venue has none: then its funds count as zero.
    function clearingHouse() external view returns (address);

    /// @notice The snapshot oracle.
    /// @return its address.
    function oracle() external view returns (address);

    /// @notice The list of verifiers.
    /// @return its address.
    function verifiers() external view returns (address);
}
