// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ILossFunds} from "../clearing/ILossFunds.sol";
import {IVenueStop} from "../exit/IVenueStop.sol";
import {ISnapshotOracle} from "../snapshot/ISnapshotOracle.sol";
import {Bn254} from "../verify/Bn254.sol";
import {Groth16} from "../verify/Groth16.sol";
import {IVerifierRegistry} from "../verify/IVerifierRegistry.sol";
import {IReportVerifier} from "../verify/statements/IReportVerifier.sol";
import {SolvencySignals} from "../verify/statements/SolvencySignals.sol";
import {VerifierCall} from "../verify/VerifierCall.sol";
import {IClosedRuns} from "./IClosedRuns.sol";
import {ICollateralVault} from "./ICollateralVault.sol";
import {ISolvencyRegistry} from "./ISolvencyRegistry.sol";
import {NettingSum} from "./NettingSum.sol";
import {SolvencyRecord} from "./SolvencyRecord.sol";
import {SolvencyRun} from "./SolvencyRun.sol";

/// @title SolvencyRegistry
/// @author Ballast
/// @notice Accepts the solvency runs of one venue as attestations.
/// @dev Replay protection: the context binds every proof to chain, this contract and the run's header; a run opens and
/// closes once, its batches follow one another by number and state; and attestations only ever move to a strictly newer
/// snapshot time.
///
/// What the accounts hold must be exactly the reserves shown, and these at most what the vault holds. Equality with
/// the vault's balance itself is not demanded: anybody could then stop a run by sending the vault a token
/// (docs/protocol/encodings.md, section 7, "Where this leaves the design").
contract SolvencyRegistry is ISolvencyRegistry, EIP712 {
    using SafeCast for uint256;
    using SolvencyRecord for SolvencyRecord.Record;

    /// @notice Most batches in a submission.
    uint256 public constant MAX_BATCH = 64;
    /// @notice The statement that a batch proves.
    bytes8 public constant BATCH_KIND = "solvency";
    /// @notice The statement that a report proves.
    bytes8 public constant REPORT_KIND = "report";

    /// @inheritdoc ISolvencyRegistry
    uint64 public immutable override maxAge;
    /// @inheritdoc ISolvencyRegistry
    bool public immutable override requireProven;
    /// @notice The snapshot oracle.
    ISnapshotOracle private immutable ORACLE;
    /// @notice The list of verifiers.
    IVerifierRegistry private immutable VERIFIERS;
    /// @notice The venue's tokens.
    ICollateralVault private immutable VAULT;
    /// @notice What absorbs losses, or zero.
    ILossFunds private immutable CLEARING_HOUSE;
    /// @notice Whether customers leave the venue, or zero.
    IVenueStop private immutable EXITS;

    /// @notice The runs; one without a deadline was never opened.
    mapping(bytes32 runId => Run run) private _runs;
    /// @notice What closed runs say.
    mapping(bytes32 runId => SolvencyRecord.Record record) private _records;
    /// @notice The reserves that closed runs showed.
    mapping(bytes32 runId => HeldReserve[] reserves) private _reserves;
    /// @notice What had left the vault by proof when a run was opened.
    mapping(bytes32 runId => mapping(uint32 instrumentId => int256 lots)) private _provenAtOpen;
    /// @notice The run that was closed last.
    bytes32 private _latest;

    /// @notice Everything is fixed here: there is no owner.
    /// @param oracle_ where snapshots and table points come from.
    /// @param verifiers_ the list of verifiers.
    /// @param vault_ the venue's tokens; its venue's signature opens a run.
    /// @param clearingHouse_ what absorbs losses; zero: nothing does.
    /// @param maxAge_ the oldest a snapshot may be, in seconds.
    /// @param requireProven_ whether only table points computed on chain are accepted.
    constructor(
        ISnapshotOracle oracle_,
        IVerifierRegistry verifiers_,
        ICollateralVault vault_,
        ILossFunds clearingHouse_,
        uint64 maxAge_,
        bool requireProven_
    ) EIP712("Ballast SolvencyRegistry", "1") {
        if (maxAge_ < 1 minutes || maxAge_ > 7 days) revert InvalidMaxAge(maxAge_);
        if (address(oracle_.verifiers()) != address(verifiers_)) revert VerifierListMismatch();
        (ORACLE, VERIFIERS, VAULT, CLEARING_HOUSE) = (oracle_, verifiers_, vault_, clearingHouse_);
        (maxAge, requireProven) = (maxAge_, requireProven_);
        _funds(); // one that does not answer would let no run close
        vault_.venue(); // nor would a vault that does not, open one
        EXITS = vault_.exits();
    }

    /// @inheritdoc ISolvencyRegistry
    function open(RunHeader calldata header, bytes calldata signature) external returns (bytes32 runId) {
        _checkHeader(header);
        runId = runIdOf(header);
        if (_runs[runId].deadline != 0) revert RunAlreadyOpened(runId);
        if (!SignatureChecker.isValidSignatureNowCalldata(header.venue, openDigest(header), signature)) {
            revert InvalidSignature(header.venue);
        }
        _runs[runId] = Run({
            accountsRoot: header.accountsRoot,
            reservesHash: header.reservesHash,
            state: header.initialState,
            snapshotId: header.snapshotId,
            batchCircuit: header.batchCircuit,
            reportCircuit: header.reportCircuit,
            deadline: header.deadline,
            batches: 0,
            handovers: VAULT.handovers(),
            closed: false
        });
        uint32[] memory ids = VAULT.assetIds();
        for (uint256 i = 0; i < ids.length; ++i) _provenAtOpen[runId][ids[i]] = VAULT.netProven(ids[i]);
        emit RunOpened(runId, header.snapshotId, header.accountsRoot);
    }

    /// @inheritdoc ISolvencyRegistry
    function submit(bytes32 runId, uint256 fromBatch, Step[] calldata steps) external {
        if (steps.length == 0 || steps.length > MAX_BATCH) revert InvalidBatchSize(steps.length);
        Run memory current = _unfinished(runId);
        if (fromBatch > current.batches || fromBatch + steps.length <= current.batches) {
            revert UnexpectedBatch(fromBatch, current.batches);
        }
        // Known batches are skipped: somebody who copies one out of a pending submission would stop the rest.
        _verifySteps(current, SolvencyRun.contextOf(runId), steps[current.batches - fromBatch:]);
        uint32 batches = (fromBatch + steps.length).toUint32();
        (_runs[runId].state, _runs[runId].batches) = (steps[steps.length - 1].stateOut, batches);
        emit BatchesAccepted(runId, batches);
    }

    /// @inheritdoc ISolvencyRegistry
    function close(
        bytes32 runId,
        Report calldata report,
        Groth16.Proof calldata proof,
        Reserve[] calldata reserves
    ) external {
        Run memory current = _unfinished(runId);
        // SOUNDNESS: only a batch shows what its stateIn hides. The venue chose the first state: it may hide any sums.
        if (current.batches == 0) revert NoBatches(runId);
        if (current.handovers != VAULT.handovers()) revert RunOfFormerVenue(runId);
        if (address(EXITS) != address(0)) EXITS.requireNotLeft();
        (, , uint64 snapshotTime) = _batchTarget(current.snapshotId, current.batchCircuit);
        uint64 attested = _records[_latest].snapshotTime;
        if (snapshotTime <= attested) revert SnapshotNotNewer(snapshotTime, attested);
        _verifyReport(runId, current, report, proof, _takeReserves(runId, current, reserves));

        SolvencyRecord.Record memory record = SolvencyRecord.fromReport(report);
        (record.attestedAt, record.snapshotTime) = (uint64(block.timestamp), snapshotTime);
        (record.insuranceFund, record.gammaReserve) = _funds();
        _records[runId] = record;
        _runs[runId].closed = true;
        _latest = runId;
        emit SolvencyAttested(runId, current.snapshotId, current.accountsRoot);
    }

    /// @inheritdoc ISolvencyRegistry
    function latest() external view returns (Attestation memory) {
        return attestation(_latest);
    }

    /// @inheritdoc ISolvencyRegistry
    function run(bytes32 runId) external view returns (Run memory) {
        return _runs[runId];
    }

    /// @inheritdoc IClosedRuns
    function closedRun(bytes32 runId) external view returns (uint256 accountsRoot, uint64 snapshotTime) {
        Run storage found = _runs[runId];
        if (!found.closed) revert RunNotClosed(runId);
        if (!_isSound(found)) revert RunVoid(runId);
        return (found.accountsRoot, _records[runId].snapshotTime);
    }

    /// @inheritdoc IClosedRuns
    function timeOf(bytes32 runId) external view returns (uint64 snapshotTime) {
        Run storage found = _runs[runId];
        return found.closed && _isSound(found) ? _records[runId].snapshotTime : 0;
    }

    /// @inheritdoc IClosedRuns
    function latestRun() external view returns (bytes32 runId, uint64 snapshotTime) {
        return (_latest, _records[_latest].snapshotTime);
    }

    /// @inheritdoc ISolvencyRegistry
    function vault() external view returns (address) {
        return address(VAULT);
    }

    /// @inheritdoc ISolvencyRegistry
    function clearingHouse() external view returns (address) {
        return address(CLEARING_HOUSE);
    }

    /// @inheritdoc ISolvencyRegistry
    function oracle() external view returns (address) {
        return address(ORACLE);
    }

    /// @inheritdoc ISolvencyRegistry
    function verifiers() external view returns (address) {
        return address(VERIFIERS);
    }

    /// @inheritdoc ISolvencyRegistry
    function contextOf(bytes32 runId) external pure returns (uint256) {
        return SolvencyRun.contextOf(runId);
    }

    /// @inheritdoc ISolvencyRegistry
    function venue() public view returns (address) {
        return VAULT.venue();
    }

    /// @inheritdoc ISolvencyRegistry
    function attestation(bytes32 runId) public view returns (Attestation memory found) {
        Run memory closed = _runs[runId];
        if (!closed.closed) return found;
        _records[runId].fill(found);
        found.exists = true;
        found.isCurrent = isCurrent(runId);
        found.runId = runId;
        found.snapshotId = closed.snapshotId;
        found.accountsRoot = closed.accountsRoot;
        found.batchCircuit = closed.batchCircuit;
        found.reportCircuit = closed.reportCircuit;
        found.expiresAt = found.snapshotTime + maxAge;
        found.batches = closed.batches;
        found.reserves = _reserves[runId];
    }

    /// @inheritdoc ISolvencyRegistry
    function isCurrent(bytes32 runId) public view returns (bool) {
        Run storage closed = _runs[runId];
        bool isYoung = block.timestamp <= uint256(_records[runId].snapshotTime) + maxAge;
        return closed.closed && isYoung && _isSound(closed);
    }

    /// @inheritdoc ISolvencyRegistry
    function runIdOf(RunHeader calldata header) public view returns (bytes32) {
        return SolvencyRun.idOf(block.chainid, address(this), header);
    }

    /// @inheritdoc ISolvencyRegistry
    function openDigest(RunHeader calldata header) public view returns (bytes32) {
        return _hashTypedDataV4(SolvencyRun.hashHeader(header));
    }

    /// @notice Checks that the reserves are the run's and in the vault, and stores them.
    /// @param runId the run.
    /// @param current where it stands.
    /// @param reserves the reserves.
    /// @return sum their netting sum, which the accounts' must equal.
    function _takeReserves(
        bytes32 runId,
        Run memory current,
        Reserve[] calldata reserves
    ) private returns (uint256 sum) {
        bytes32 given = keccak256(abi.encode(reserves));
        if (given != current.reservesHash) revert ReservesMismatch(given, current.reservesHash);
        uint256 zeta = SolvencyRun.zetaOf(current);
        uint32 previous = 0;
        for (uint256 i = 0; i < reserves.length; ++i) {
            Reserve calldata reserve = reserves[i];
            (uint32 id, uint256 lots) = (reserve.instrumentId, reserve.lots);
            if (id <= previous) revert ReservesNotAscending(previous, id);
            uint256 held = VAULT.lotsHeld(id) + _provenSinceOpen(runId, id);
            if (lots > held) revert ReservesShort(id, lots, held);
            sum = NettingSum.add(sum, zeta, id, lots);
            _reserves[runId].push(SolvencyRecord.heldReserve(reserve, held));
            previous = id;
        }
    }

    /// @notice What has left the vault by proof since a run was opened, and no deposit has replaced. The run's accounts
    /// had it: whoever is paid while it is proven stops no run.
    /// @param runId the run.
    /// @param id the asset.
    /// @return lots 0 where as many came in.
    function _provenSinceOpen(bytes32 runId, uint32 id) private view returns (uint256 lots) {
        int256 grown = VAULT.netProven(id) - _provenAtOpen[runId][id];
        return grown > 0 ? uint256(grown) : 0;
    }

    /// @notice Verifies a run's report, or reverts.
    /// @param runId the run.
    /// @param current where it stands.
    /// @param report the opened numbers.
    /// @param proof the report's proof.
    /// @param netting the reserves' netting sum.
    function _verifyReport(
        bytes32 runId,
        Run memory current,
        Report calldata report,
        Groth16.Proof calldata proof,
        uint256 netting
    ) private view {
        (address verifier, ) = VERIFIERS.verifierFor(current.reportCircuit, REPORT_KIND);
        uint256 context = SolvencyRun.contextOf(runId);
        uint256[23] memory signals = SolvencyRun.reportSignals(current, report, netting, context);
        if (!IReportVerifier(verifier).verify(proof, signals)) revert InvalidReport();
    }

    /// @notice Reverts unless the header is one that a run can be opened with.
    /// @dev A deadline by the snapshot's expiry makes every later check of its age one of the deadline.
    /// @param header what fixes the run.
    function _checkHeader(RunHeader calldata header) private view {
        if (header.venue != venue()) revert WrongVenue(header.venue, venue());
        if (header.accountsRoot >= Bn254.SCALAR_FIELD) revert ValueNotInField(header.accountsRoot);
        if (header.initialState >= Bn254.SCALAR_FIELD) revert ValueNotInField(header.initialState);
        if (block.timestamp > header.deadline) revert DeadlinePassed(header.deadline, block.timestamp);
        (, , uint64 time) = _batchTarget(header.snapshotId, header.batchCircuit);
        if (block.timestamp > uint256(time) + maxAge) revert SnapshotStale(time, block.timestamp - maxAge);
        if (header.deadline > uint256(time) + maxAge) revert DeadlineTooLate(header.deadline, uint256(time) + maxAge);
        // The batch circuit has the snapshot's shape: the oracle takes no point otherwise.
        ISnapshotOracle.Snapshot memory snapshot = ORACLE.snapshot(header.snapshotId);
        (address verifier, ) = VERIFIERS.verifierFor(header.reportCircuit, REPORT_KIND);
        (, uint32 scenarios, uint32 underlyings) = IReportVerifier(verifier).table();
        if (scenarios != snapshot.scenarios || underlyings != snapshot.underlyings) {
            revert ISnapshotOracle.CircuitDoesNotFit(header.snapshotId, header.reportCircuit);
        }
    }

    /// @notice Verifies a run's next batches, or reverts.
    /// @param current the run.
    /// @param context its context.
    /// @param steps the batches.
    function _verifySteps(Run memory current, uint256 context, Step[] calldata steps) private view {
        (address verifier, Bn254.G1 memory point, ) = _batchTarget(current.snapshotId, current.batchCircuit);
        uint256[5] memory signals = SolvencySignals.encode(
            current.accountsRoot,
            current.batches,
            current.state,
            steps[0].stateOut,
            context
        );
        if (steps.length == 1) {
            if (!VerifierCall.verify(verifier, point, steps[0].proof, signals)) revert InvalidProof();
            return;
        }
        VerifierCall.Call memory call = VerifierCall.startSolvency(point, steps.length);
        VerifierCall.set(call, 0, steps[0].proof, signals);
        for (uint256 i = 1; i < steps.length; ++i) {
            signals[SolvencySignals.BATCH_INDEX] = current.batches + i;
            signals[SolvencySignals.STATE_IN] = steps[i - 1].stateOut;
            signals[SolvencySignals.STATE_OUT] = steps[i].stateOut;
            VerifierCall.set(call, i, steps[i].proof, signals);
        }
        if (!VerifierCall.execute(call, verifier)) revert InvalidBatchProof();
    }

    /// @notice What a run's batches are verified with; reverts once the circuit is retired or the point disabled.
    /// @param snapshotId the snapshot.
    /// @param circuitId the batch circuit.
    /// @return verifier the circuit's verifier.
    /// @return point the snapshot's table point.
    /// @return time the snapshot's time.
    function _batchTarget(
        uint256 snapshotId,
        bytes32 circuitId
    ) private view returns (address verifier, Bn254.G1 memory point, uint64 time) {
        (verifier, ) = VERIFIERS.verifierFor(circuitId, BATCH_KIND);
        bool proven;
        (point.x, point.y, time, , proven) = ORACLE.usablePoint(snapshotId, circuitId);
        if (requireProven && !proven) revert TablePointNotProven(snapshotId, circuitId);
    }

    /// @notice The run, or a revert unless it is open and its deadline ahead.
    /// @param runId the run.
    /// @return current the run.
    function _unfinished(bytes32 runId) private view returns (Run memory current) {
        current = _runs[runId];
        if (current.deadline == 0) revert UnknownRun(runId);
        if (current.closed) revert RunClosed(runId);
        if (block.timestamp > current.deadline) revert DeadlinePassed(current.deadline, block.timestamp);
    }

    /// @notice Whether what a run was proven with still counts.
    /// @param given the run.
    /// @return whether its snapshot's point is usable, and both its circuits are registered.
    function _isSound(Run storage given) private view returns (bool) {
        return
            ORACLE.isUsable(given.snapshotId, given.batchCircuit) &&
            VERIFIERS.kindOf(given.batchCircuit) == BATCH_KIND &&
            VERIFIERS.kindOf(given.reportCircuit) == REPORT_KIND;
    }

    /// @notice What absorbs losses now.
    /// @return insuranceFund micro-USD.
    /// @return gammaReserve micro-USD.
    function _funds() private view returns (uint128 insuranceFund, uint128 gammaReserve) {
        if (address(CLEARING_HOUSE) == address(0)) return (0, 0);
        (uint256 insurance, uint256 gamma) = CLEARING_HOUSE.funds();
        return (insurance.toUint128(), gamma.toUint128());
    }
}
