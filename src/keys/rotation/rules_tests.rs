//! The steps one by one, and any sequence of them.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::keys::StoreKind;
use crate::keys::lineage::Now;
use crate::keys::rotation::ways::{self, Action, NewVersion, Way};

/// So many seconds after 1970.
const fn at_second(seconds: i64) -> UnixMillis {
    UnixMillis(seconds * 1000)
}

fn place(id: u32) -> Place {
    Place { store: StoreKind::File, id: id.to_string() }
}

fn version(id: u32) -> Stored {
    Stored {
        place: place(id),
        shown: format!("sk_test_****{id}"),
        fingerprint: format!("f{id}"),
        key_kind: None,
        account: None,
        remote_id: None,
        added_at: UnixMillis(0),
        expires_at: None,
    }
}

fn plan() -> Plan {
    Plan { overlap_seconds: 10, ..Plan::default() }
}

const fn at_time(clock: i64) -> Now {
    Now { clock: at_second(clock), last_seen: UnixMillis(0) }
}

fn rotated() -> KeyLineage {
    let mut lineage = KeyLineage { current: Some(version(1)), ..KeyLineage::new(SecretKind::Api) };
    begin(&mut lineage, place(2), Some(version(2)), None, plan(), at_second(5)).expect("begun");
    stored(&mut lineage, version(2)).expect("stored");
    verified(&mut lineage, Some("acct_1".into())).expect("verified");
    promoted(&mut lineage, at_second(100)).expect("promoted");
    lineage
}

#[test]
fn an_emergency_and_a_replacement_wait_for_no_overlap() {
    let mut lineage = KeyLineage { current: Some(version(1)), ..KeyLineage::new(SecretKind::Api) };
    begin(&mut lineage, place(2), Some(version(2)), None, plan(), at_second(5)).expect("begun");
    stored(&mut lineage, version(2)).expect("stored");
    verified(&mut lineage, None).expect("verified");
    promoted(&mut lineage, at_second(5)).expect("promoted");
    finished(&mut lineage).expect("finished");
    let emergency = Plan { compromised: true, ..plan() };
    let replacement = Plan { mode: RotationMode::Replace, ..plan() };
    for (plan, waits) in [(plan(), true), (emergency, false), (replacement, false)] {
        let begun = begin(&mut lineage.clone(), place(3), Some(version(3)), None, plan, at_second(6));
        assert_eq!(matches!(begun, Err(RuleError::PreviousKept { .. })), waits, "{begun:?}");
    }
}

#[test]
fn the_steps_in_their_order_end_with_two_versions() {
    let mut lineage = rotated();
    assert_eq!(lineage.current.as_ref().map(|new| new.account.as_deref()), Some(Some("acct_1")));
    assert_eq!(lineage.overlapping(at_time(109)).map(|old| &*old.shown), Some("sk_test_****1"));
    assert_eq!(lineage.overlapping(at_time(110)), None, "the overlap is over");
    finished(&mut lineage).expect("finished");
    let again = begin(&mut lineage, place(3), Some(version(3)), None, plan(), at_second(120));
    assert!(matches!(again, Err(RuleError::PreviousKept { .. })));
    retired(&mut lineage).expect("retired");
    assert_eq!(lineage.pending_deletion, [PendingDeletion { place: place(1), stored: Some(version(1)) }]);
    swept(&mut lineage, &place(1));
    assert_eq!(lineage.places().count(), 1);
}

#[test]
fn a_compromised_version_is_never_used_again() {
    let mut lineage = rotated();
    lineage.previous.as_mut().expect("a previous version").compromised = true;
    assert_eq!(lineage.overlapping(at_time(101)), None);
}

#[test]
fn steps_out_of_order_are_refused() {
    let mut lineage = KeyLineage { current: Some(version(1)), ..KeyLineage::new(SecretKind::Api) };
    assert_eq!(promoted(&mut lineage, UnixMillis(0)), Err(RuleError::NothingUnderWay));
    begin(&mut lineage, place(2), Some(version(2)), None, plan(), UnixMillis(0)).expect("begun");
    assert_eq!(promoted(&mut lineage, UnixMillis(0)), Err(RuleError::OutOfOrder(RotationStep::Intent)));
    assert_eq!(verified(&mut lineage, None), Err(RuleError::OutOfOrder(RotationStep::Intent)));
    stored(&mut lineage, version(2)).expect("stored");
    assert_eq!(promoted(&mut lineage, UnixMillis(0)), Err(RuleError::OutOfOrder(RotationStep::Stored)));
    assert!(matches!(rolled_back(&mut lineage), Err(RuleError::Unfinished { .. })));
    let same = begin(
        &mut KeyLineage { rotation: None, ..lineage },
        place(3),
        Some(version(1)),
        None,
        plan(),
        UnixMillis(0),
    );
    assert!(matches!(same, Err(RuleError::SameKey { .. })));
}

#[test]
fn a_rollback_swaps_and_ends_the_rotation() {
    let mut lineage = rotated();
    rolled_back(&mut lineage).expect("rolled back");
    assert_eq!(lineage.current.as_ref().map(|old| &*old.shown), Some("sk_test_****1"));
    assert_eq!(lineage.previous.as_ref().map(|new| &*new.stored.shown), Some("sk_test_****2"));
    assert!(lineage.rotation.is_none());
    assert_eq!(aborted(&mut lineage), Err(RuleError::NothingUnderWay));
}

#[test]
fn a_clock_that_is_ahead_for_one_command_prolongs_no_overlap() {
    let mut lineage = rotated();
    let previous = lineage.previous.as_mut().expect("a previous version");
    (previous.retire_after, previous.overlap_seconds) = (at_second(1_000_010), 10);
    let back = Now { clock: at_second(100), last_seen: at_second(1_000_000) };
    assert_eq!(lineage.overlapping(back), None, "more is left than was asked for");
    assert_eq!(
        lineage.overlapping(Now { clock: at_second(999_990), ..back }).map(|old| &*old.shown),
        Some("sk_test_****1")
    );
    lineage.accept_clock(at_second(100));
    assert_eq!(lineage.previous.as_ref().map(|previous| previous.retire_after), Some(at_second(110)));
    assert!(lineage.overlapping(at_time(100)).is_some() && lineage.overlapping(at_time(110)).is_none());
    lineage.accept_clock(at_second(105));
    assert_eq!(
        lineage.previous.as_ref().map(|previous| previous.retire_after),
        Some(at_second(110)),
        "not twice"
    );
}

/// The API and the store of a model: which versions work, and which slots are written.
#[derive(Debug, Default)]
struct World {
    works: BTreeSet<u32>,
    slots: BTreeSet<u32>,
    /// What the API made for the request that is under way, and who it was answered to.
    made: Option<u32>,
    next: u32,
    now: i64,
}

/// A command that somebody types.
#[derive(Debug, Clone, Copy)]
enum Typed {
    Add,
    Rotate { remote: bool, compromised: bool },
    Resume,
    Abort,
    RollBack,
    RevokePrevious,
}

/// Why a command of the model stopped: it was killed, or the rules refuse it.
#[derive(Debug, PartialEq, Eq)]
enum Stopped {
    Killed,
    Refused(RuleError),
}

impl From<RuleError> for Stopped {
    fn from(error: RuleError) -> Self {
        Self::Refused(error)
    }
}

/// One run of a command: it takes a step while it has breath left, and the API fails where `fails` says so.
struct Run<'a> {
    lineage: &'a mut KeyLineage,
    world: &'a mut World,
    breath: u32,
    fails: bool,
}

impl Run<'_> {
    /// Something that lasts: a write of the list, of a slot, or a request.
    fn breathe(&mut self) -> Result<(), Stopped> {
        self.world.now += 1;
        self.breath = self.breath.checked_sub(1).ok_or(Stopped::Killed)?;
        Ok(())
    }

    fn now(&self) -> UnixMillis {
        at_second(self.world.now)
    }

    fn typed(&mut self, command: Typed) -> Result<(), Stopped> {
        match command {
            Typed::Add => {
                self.begin(Some(self.world.next), None, Plan { mode: RotationMode::Replace, ..plan() })
            }
            Typed::Rotate { remote, compromised } => self.rotate(remote, compromised),
            Typed::Resume => match &self.lineage.rotation {
                None => Err(RuleError::NothingUnderWay.into()),
                Some(_) => self.go_on(),
            },
            Typed::Abort => {
                self.breathe()?;
                aborted(self.lineage)?;
                self.world.made = None;
                self.sweep()
            }
            Typed::RollBack => {
                let previous =
                    self.lineage.previous.as_ref().map(|previous| previous.stored.place.id.clone());
                let is_refused = previous.is_some_and(|id| !self.world.works.contains(&number(&id)));
                if is_refused && self.lineage.staged().is_none() {
                    return Err(RuleError::NoPrevious.into());
                }
                self.breathe()?;
                rolled_back(self.lineage)?;
                Ok(())
            }
            Typed::RevokePrevious
                if self.lineage.previous.is_none() && self.lineage.superseded.is_empty() =>
            {
                Err(RuleError::NoPrevious.into())
            }
            Typed::RevokePrevious => self.revoke_old(),
        }
    }

    fn rotate(&mut self, remote: bool, is_leak: bool) -> Result<(), Stopped> {
        let has_secret = self.lineage.rotation.as_ref().is_some_and(|rotation| {
            rotation.step > RotationStep::Intent || self.world.slots.contains(&number(&rotation.place.id))
        });
        let new = if remote { NewVersion::MadeByApi } else { NewVersion::Other };
        match ways::rotate(self.lineage, new, is_leak, has_secret)? {
            Action::GoOn => {
                self.breathe()?;
                let now = self.now();
                if is_leak {
                    compromised(self.lineage, now)?;
                }
                return self.go_on();
            }
            Action::TakeOver => {
                self.breathe()?;
                taken_over(self.lineage)?;
                self.world.made = None;
                self.sweep()?;
            }
            Action::Begin => {}
        }
        let overlap_seconds = if is_leak { 0 } else { 10 };
        let plan = Plan { compromised: is_leak, overlap_seconds, ..Plan::default() };
        let request = remote.then(|| Remote {
            id: "mk_1".into(),
            idempotency_key: self.world.next.to_string(),
            sent: false,
            minutes: None,
            sent_at: None,
        });
        self.begin((!remote).then_some(self.world.next), request, plan)
    }

    fn begin(&mut self, new: Option<u32>, remote: Option<Remote>, plan: Plan) -> Result<(), Stopped> {
        let id = self.world.next;
        self.world.next += 1;
        self.breathe()?;
        let now = self.now();
        begin(self.lineage, place(id), new.map(version), remote, plan, now)?;
        if new.is_some() {
            // A key made by hand works before it is given.
            self.world.works.insert(id);
        }
        self.go_on()
    }

    fn go_on(&mut self) -> Result<(), Stopped> {
        while let Some(rotation) = self.lineage.rotation.clone() {
            self.breathe()?;
            match rotation.step {
                RotationStep::Intent => self.store(&rotation)?,
                RotationStep::Stored if self.fails => return Err(Stopped::Killed),
                RotationStep::Stored => drop(verified(self.lineage, None)?),
                RotationStep::Verified => {
                    let now = self.now();
                    promoted(self.lineage, now)?;
                }
                RotationStep::Promoted => {
                    finished(self.lineage)?;
                    if rotation.remote.is_some() && rotation.plan.overlap_seconds == 0 {
                        self.revoke_old()?;
                    }
                }
            }
        }
        self.sweep()
    }

    fn store(&mut self, rotation: &Rotation) -> Result<(), Stopped> {
        let id = number(&rotation.place.id);
        if let Some(remote) = &rotation.remote {
            let now = self.now();
            sending(self.lineage, 60, now)?;
            self.breathe()?;
            let in_use = self.lineage.current.as_ref().map(|current| number(&current.place.id));
            if !in_use.is_some_and(|id| self.world.works.contains(&id)) {
                return Err(Stopped::Killed);
            }
            if self.fails && !remote.sent {
                not_made(self.lineage)?;
                return Err(Stopped::Killed);
            }
            self.world.made = Some(id);
            self.world.works.insert(id);
            // The answer may be lost here.
            self.breathe()?;
        } else if rotation.new.is_none() {
            return Err(Stopped::Killed);
        }
        self.world.slots.insert(id);
        self.breathe()?;
        stored(self.lineage, version(id))?;
        Ok(())
    }

    fn revoke_old(&mut self) -> Result<(), Stopped> {
        if let Some(previous) = self.lineage.previous.clone() {
            self.breathe()?;
            self.world.works.remove(&number(&previous.stored.place.id));
            self.breathe()?;
            retired(self.lineage)?;
        }
        for old in self.lineage.superseded.clone() {
            self.breathe()?;
            self.world.works.remove(&number(&old.place.id));
            self.breathe()?;
            superseded_retired(self.lineage, &old.place)?;
        }
        self.sweep()
    }

    fn sweep(&mut self) -> Result<(), Stopped> {
        for pending in self.lineage.pending_deletion.clone() {
            self.breathe()?;
            self.world.slots.remove(&number(&pending.place.id));
            swept(self.lineage, &pending.place);
        }
        Ok(())
    }
}

fn number(id: &str) -> u32 {
    id.parse().expect("a slot of the model is a number")
}

fn typed() -> impl Strategy<Value = Typed> {
    prop_oneof![
        Just(Typed::Add),
        (any::<bool>(), any::<bool>())
            .prop_map(|(remote, compromised)| Typed::Rotate { remote, compromised }),
        Just(Typed::Resume),
        Just(Typed::Abort),
        Just(Typed::RollBack),
        Just(Typed::RevokePrevious),
    ]
}

fn run(
    lineage: &mut KeyLineage,
    world: &mut World,
    command: Typed,
    breath: u32,
    fails: bool,
) -> Result<(), Stopped> {
    Run { lineage, world, breath, fails }.typed(command)
}

/// What has to hold after every command, however it ended.
fn holds(lineage: &KeyLineage, world: &World) -> Result<(), TestCaseError> {
    let in_use = lineage.current.as_ref().map(|current| number(&current.place.id));
    let in_use = in_use.ok_or_else(|| TestCaseError::fail("no version is in use"))?;
    prop_assert!(
        world.works.contains(&in_use) && world.slots.contains(&in_use),
        "{} is dead: {:?}",
        in_use,
        lineage
    );
    let named: Vec<u32> = lineage.places().map(|place| number(&place.id)).collect();
    let once: BTreeSet<u32> = named.iter().copied().collect();
    prop_assert_eq!(named.len(), once.len(), "one slot in two places: {:?}", lineage);
    prop_assert!(world.slots.is_subset(&once), "a slot is forgotten: {:?} of {:?}", world.slots, lineage);
    if let Some(previous) = &lineage.previous {
        prop_assert!(world.slots.contains(&number(&previous.stored.place.id)), "two slots lost");
    }
    Ok(())
}

/// The printed way forward, until there is none.
fn leads_out(mut lineage: KeyLineage, mut world: World) -> Result<(), TestCaseError> {
    for _ in 0..10 {
        let now = Now { clock: at_second(world.now + 1000), last_seen: at_second(world.now) };
        let Some(way) = ways::ways(&lineage, now).first().copied() else { return Ok(()) };
        let command = match way {
            Way::Resume | Way::SkipHooks => Typed::Resume,
            Way::Abort { .. } => Typed::Abort,
            Way::RollBack => Typed::RollBack,
            Way::RevokePrevious { .. } => Typed::RevokePrevious,
            Way::Rotate { compromised } => Typed::Rotate { remote: false, compromised },
            Way::Add => Typed::Add,
        };
        let done = run(&mut lineage, &mut world, command, 100, false);
        prop_assert_eq!(done, Ok(()), "{:?} is printed and not accepted: {:?}", way, lineage);
        holds(&lineage, &world)?;
    }
    Err(TestCaseError::fail(format!("no end: {lineage:?}")))
}

proptest! {
    #[test]
    fn whatever_is_typed_and_killed_there_is_a_usable_key_and_a_way_forward(
        commands in prop::collection::vec((typed(), prop_oneof![0u32..14, Just(100)], any::<bool>()), 0..25)
    ) {
        let mut lineage = KeyLineage { current: Some(version(0)), ..KeyLineage::new(SecretKind::Api) };
        let mut world = World { next: 1, ..World::default() };
        world.works.insert(0);
        world.slots.insert(0);
        for (command, breath, fails) in commands {
            let before = lineage.clone();
            let seen = run(&mut lineage, &mut world, command, breath, fails);
            if let Err(Stopped::Refused(_)) = seen {
                prop_assert_eq!(&before.current, &lineage.current, "a refusal changes nothing: {:?}", command);
            }
            holds(&lineage, &world)?;
            // Every way that is printed is accepted in this state.
            let now = Now { clock: at_second(world.now), last_seen: at_second(world.now) };
            if ways::ways(&lineage, now).iter().any(|way| matches!(way, Way::Abort { .. })) {
                prop_assert!(aborted(&mut lineage.clone()).is_ok());
            }
            if ways::ways(&lineage, now).contains(&Way::RollBack) {
                prop_assert!(rolled_back(&mut lineage.clone()).is_ok());
            }
        }
        leads_out(lineage, world)?;
    }
}
