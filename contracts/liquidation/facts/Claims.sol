// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Groth16} from "../../verify/Groth16.sol";

/// @notice What a transfer leaves to account A, as the circuit's signal `rest` has it: any portfolio under any salt;
/// nothing but the cash, in the open; or a portfolio that whoever opens the old one can derive from what moved.
enum Rest {
    Free,
    Whole,
    Kept
}

/// @notice A transfer between two accounts (statement `transfer`). The old commitments are the ledger's; what is
/// left to A and the purpose are the caller's business.
/// @param circuitId instance and key.
/// @param accountA the account that is liquidated or sells.
/// @param newA its new commitment.
/// @param accountB its counterparty; 0 when there is none: then newB is 0 too.
/// @param newB the counterparty's new commitment.
/// @param cash lots of the settlement asset that B pays to A.
/// @param funding lots of the settlement asset that come to A from outside, negative ones leave.
/// @param deadline Unix seconds.
/// @param proof the proof.
struct TransferClaim {
    bytes32 circuitId;
    uint256 accountA;
    uint256 newA;
    uint256 accountB;
    uint256 newB;
    int64 cash;
    int64 funding;
    uint64 deadline;
    Groth16.Proof proof;
}

/// @notice An account's equity in a snapshot (statement `equity`); the commitment is the ledger's.
/// @param circuitId instance and key.
/// @param snapshotId the snapshot.
/// @param accountId the account.
/// @param tier its tier, 0 to 4.
/// @param equity micro-USD.
/// @param deadline Unix seconds.
/// @param proof the proof.
struct EquityClaim {
    bytes32 circuitId;
    uint256 snapshotId;
    uint256 accountId;
    uint8 tier;
    int256 equity;
    uint64 deadline;
    Groth16.Proof proof;
}

/// @notice An account is in tier 2, 3 or 4 and worth a ceiling at most in a snapshot (statement `ceiling`); account,
/// commitment and ceiling are the caller's business.
/// @param circuitId instance and key.
/// @param snapshotId the snapshot.
/// @param deadline Unix seconds.
/// @param proof the proof.
struct CeilingClaim {
    bytes32 circuitId;
    uint256 snapshotId;
    uint64 deadline;
    Groth16.Proof proof;
}

/// @notice One portfolio of an account is no riskier than another (statement `reduction`); account, commitments and the
/// largest penalty are the caller's business.
/// @param circuitId instance and key.
/// @param snapshotId the snapshot.
/// @param deadline Unix seconds.
/// @param proof the proof.
struct ReductionClaim {
    bytes32 circuitId;
    uint256 snapshotId;
    uint64 deadline;
    Groth16.Proof proof;
}

/// @notice A holder's part of a pro-rata closing (statement `deleverage`); account, commitments and terms are the
/// caller's business.
/// @param circuitId instance and key.
/// @param closed lots of the instrument that the holder closes.
/// @param deadline Unix seconds.
/// @param proof the proof.
struct DeleverageClaim {
    bytes32 circuitId;
    uint64 closed;
    uint64 deadline;
    Groth16.Proof proof;
}

/// @notice An accounts tree has an account with a commitment (statement `membership`); root, account and commitment are
/// the caller's business.
/// @param circuitId instance and key.
/// @param deadline Unix seconds.
/// @param proof the proof.
struct MembershipClaim {
    bytes32 circuitId;
    uint64 deadline;
    Groth16.Proof proof;
}

/// @notice A commitment opens to no positions (statement `empty`); account and commitment are the caller's business.
/// @param circuitId instance and key.
/// @param deadline Unix seconds.
/// @param proof the proof.
struct EmptyClaim {
    bytes32 circuitId;
    uint64 deadline;
    Groth16.Proof proof;
}
