// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {EmptyClaim, MembershipClaim} from "contracts/liquidation/facts/Claims.sol";
import {EmptyProof} from "contracts/liquidation/facts/EmptyProof.sol";
import {IFactProofs} from "contracts/liquidation/facts/IFactProofs.sol";
import {MembershipProof} from "contracts/liquidation/facts/MembershipProof.sol";
import {IVerifierRegistry} from "contracts/verify/IVerifierRegistry.sol";
import {LiquidationFixture} from "../../helpers/LiquidationFixture.sol";
import {SubjectTrapdoor} from "../../helpers/SubjectTrapdoor.sol";
import {Trapdoor} from "../../helpers/Trapdoor.sol";

/// Opens the libraries to the tests.
contract SubjectHarness {
    function member(
        IVerifierRegistry verifiers,
        address ledger,
        MembershipClaim calldata claim,
        MembershipProof.Subject calldata subject
    ) external view {
        MembershipProof.check(verifiers, ledger, claim, subject);
    }

    function empty(
        IVerifierRegistry verifiers,
        address ledger,
        EmptyClaim calldata claim,
        uint256 accountId,
        uint256 commitment
    ) external view {
        EmptyProof.check(verifiers, ledger, claim, accountId, commitment);
    }
}

/// The checks of facts whose subject the caller names.
contract SubjectProofsTest is LiquidationFixture {
    uint256 private constant ROOT = 0x600d;
    SubjectHarness private harness;

    function setUp() public override {
        super.setUp();
        harness = new SubjectHarness();
    }

    function _member() private view returns (MembershipClaim memory) {
        uint256 context = factContext(address(ledger), "member", DEADLINE);
        uint256[4] memory signals = [ROOT, ALICE, commitmentOf(ALICE, 0), context];
        return SubjectTrapdoor.membership(membershipCircuit, DEADLINE, signals);
    }

    function _subject() private pure returns (MembershipProof.Subject memory) {
        return MembershipProof.Subject(ROOT, ALICE, commitmentOf(ALICE, 0));
    }

    function _empty() private view returns (EmptyClaim memory) {
        return emptyClaim(ALICE, commitmentOf(ALICE, 0));
    }

    function _expectMember(MembershipClaim memory c, address to, bytes memory data) private {
        MembershipProof.Subject memory subject = _subject();
        vm.expectRevert(data);
        harness.member(verifiers, to, c, subject);
    }

    function _expectEmpty(EmptyClaim memory c, address to, bytes memory data) private {
        uint256 commitment = commitmentOf(ALICE, 0);
        vm.expectRevert(data);
        harness.empty(verifiers, to, c, ALICE, commitment);
    }

    function test_TakesWhatWasProven() public view {
        harness.member(verifiers, address(ledger), _member(), _subject());
        harness.empty(verifiers, address(ledger), _empty(), ALICE, commitmentOf(ALICE, 0));
    }

    function testFuzz_AMembershipIsAboutItsSubject(uint8 index, uint256 value) public {
        uint256[3] memory fields = [ROOT, ALICE, commitmentOf(ALICE, 0)];
        (index, value) = (uint8(bound(index, 0, 2)), value % Trapdoor.R);
        vm.assume(value != fields[index]);
        fields[index] = value;
        MembershipProof.Subject memory subject = MembershipProof.Subject(fields[0], fields[1], fields[2]);
        MembershipClaim memory c = _member();
        vm.expectRevert(abi.encodeWithSelector(IFactProofs.InvalidMembershipProof.selector));
        harness.member(verifiers, address(ledger), c, subject);
    }

    function testFuzz_AnEmptyPortfolioIsOneAccounts(bool ofAnother, uint256 value) public {
        value %= Trapdoor.R;
        (uint256 accountId, uint256 commitment) = (ALICE, commitmentOf(ALICE, 0));
        vm.assume(value != (ofAnother ? accountId : commitment));
        if (ofAnother) accountId = value;
        else commitment = value;
        EmptyClaim memory c = _empty();
        vm.expectRevert(abi.encodeWithSelector(IFactProofs.InvalidEmptyProof.selector));
        harness.empty(verifiers, address(ledger), c, accountId, commitment);
    }

    function test_AFactIsOfOneLedgerChainDeadlineAndKind() public {
        bytes memory noMember = abi.encodeWithSelector(IFactProofs.InvalidMembershipProof.selector);
        bytes memory noEmpty = abi.encodeWithSelector(IFactProofs.InvalidEmptyProof.selector);
        (MembershipClaim memory m, EmptyClaim memory e) = (_member(), _empty());
        _expectMember(m, address(0xbad), noMember);
        _expectEmpty(e, address(0xbad), noEmpty);
        vm.chainId(10);
        _expectMember(m, address(ledger), noMember);
        _expectEmpty(e, address(ledger), noEmpty);
        vm.chainId(31_337);
        (m.deadline, e.deadline) = (DEADLINE + 1, DEADLINE + 1);
        _expectMember(m, address(ledger), noMember);
        _expectEmpty(e, address(ledger), noEmpty);
        uint256[4] memory signals = [ROOT, ALICE, commitmentOf(ALICE, 0), 0];
        signals[3] = factContext(address(ledger), "empty", DEADLINE);
        m = SubjectTrapdoor.membership(membershipCircuit, DEADLINE, signals);
        _expectMember(m, address(ledger), noMember);
    }

    function test_AFactEndsWithItsDeadline() public {
        (MembershipClaim memory m, EmptyClaim memory e) = (_member(), _empty());
        vm.warp(DEADLINE);
        harness.member(verifiers, address(ledger), m, _subject());
        harness.empty(verifiers, address(ledger), e, ALICE, commitmentOf(ALICE, 0));
        vm.warp(uint256(DEADLINE) + 1);
        bytes memory expired = abi.encodeWithSelector(IFactProofs.FactExpired.selector, DEADLINE);
        _expectMember(m, address(ledger), expired);
        _expectEmpty(e, address(ledger), expired);
    }

    function test_CircuitsAreOfTheirKind() public {
        bytes4 wrong = IVerifierRegistry.WrongCircuitKind.selector;
        (MembershipClaim memory m, EmptyClaim memory e) = (_member(), _empty());
        (m.circuitId, e.circuitId) = (emptyCircuit, membershipCircuit);
        bytes memory data = abi.encodeWithSelector(wrong, emptyCircuit, bytes8("empty"), bytes8("member"));
        _expectMember(m, address(ledger), data);
        data = abi.encodeWithSelector(wrong, membershipCircuit, bytes8("member"), bytes8("empty"));
        _expectEmpty(e, address(ledger), data);
        m.circuitId = bytes32(uint256(7));
        _expectMember(m, address(ledger), abi.encodeWithSelector(IVerifierRegistry.UnknownCircuit.selector, 7));
    }

    /// A congruent commitment is not the commitment.
    function test_RefusesCongruentSubjects() public {
        MembershipProof.Subject memory subject = _subject();
        subject.commitment += Trapdoor.R;
        MembershipClaim memory m = _member();
        vm.expectRevert(abi.encodeWithSignature("SignalNotInField(uint256)", 2));
        harness.member(verifiers, address(ledger), m, subject);
        EmptyClaim memory e = _empty();
        vm.expectRevert(abi.encodeWithSignature("SignalNotInField(uint256)", 0));
        harness.empty(verifiers, address(ledger), e, ALICE + Trapdoor.R, subject.commitment);
    }
}
