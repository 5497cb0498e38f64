//! What must hold whatever happens, in whatever order.

use stateright::Property;

use crate::model::Search;
use crate::world::{Name, Outage, Phase, Region, World};

/// Ends the search: the model would otherwise say more than it knows.
#[expect(clippy::print_stderr, reason = "the test has no harness that would print it")]
pub(crate) fn not_modelled(problem: &str) -> ! {
    eprintln!("the model does not know this: {problem}");
    std::process::exit(2);
}

/// All properties.
pub fn all() -> Vec<Property<Search>> {
    vec![
        Property::always(
            "a payment is lost only by a failover to the standby, and only one that was not replicated",
            |_: &Search, world: &World| !world.ledger.lost_otherwise,
        ),
        Property::always(
            "two regions never acknowledge at the same time, unless one is cut off or the epoch is on its way; where two faults \
             kept it from being written, somebody was told",
            |search: &Search, world: &World| {
                !(world.acknowledges(Region::Primary) && world.acknowledges(Region::Dr))
                    || world.phase == Phase::During(Outage::CutOff)
                    || world.epoch_is_on_its_way()
                    || search.faults > 1 && world.told
            },
        ),
        Property::always("no execution ends because of its definition", |_: &Search, world: &World| {
            world.all_executions().all(|it| !it.position.is_broken())
        }),
        Property::always("every way ends with somebody told", |_: &Search, world: &World| !world.ended_silently),
        Property::always(
            "at rest, DNS points to a region that takes payments, or somebody was told",
            |search: &Search, world: &World| {
                world.told
                    || world.acknowledges(world.dns())
                    || world.cannot_be_helped()
                    || search.nobody_acts(world)
                    || !search.is_at_rest(world)
            },
        ),
        Property::always(
            "at rest, no latch shuts out a primary that writes, unless it could not be cleared",
            |search: &Search, world: &World| {
                !world.latch()
                    || world.database.writer == Region::Dr
                    || world.is_lost()
                    || world.aborted
                    || search.operator_overruled_a_move(world)
                    || search.could_not_clear_the_latch(world)
                    || search.planned_move_was_told(world)
                    || !search.is_at_rest(world)
            },
        ),
        Property::always("at rest after a failover, the latch holds", |search: &Search, world: &World| {
            world.database.writer == Region::Primary
                || world.latch()
                || world.told && search.faults > 0
                || !search.is_at_rest(world)
        }),
        Property::always(
            "without an outage, only an operator who has asked for a failover loses data",
            |_: &Search, world: &World| {
                world.phase != Phase::Before || world.asked || world.database.moving.is_none_or(|it| it.planned)
            },
        ),
        Property::always("an operator who has decided is obeyed", |search: &Search, world: &World| {
            !(world.is_lost() && world.decided)
                || world.database.writer == Region::Dr
                || search.faults > 0
                || !search.is_at_rest(world)
        }),
        Property::always("no lock or claim blocks for ever", |search: &Search, world: &World| {
            world.lock_owner().is_none() || !search.is_at_rest(world) || search.lock_is_free_in_time(world)
        }),
        Property::always(
            "while the primary is gone and the standby could take over, a failover happens in the end",
            // An execution that a person has aborted leaves what it had begun to that person.
            |search: &Search, world: &World| {
                !world.is_lost()
                    || world.database.writer == Region::Dr
                    || world.not_approved
                    || search.nobody_acts(world)
                    || world.aborted
                    || search.could_not_clear_the_latch(world)
                    || !search.is_at_rest(world)
            },
        ),
        Property::sometimes("a failover happens by itself", |_: &Search, world: &World| {
            world.is_lost() && world.acknowledges(Region::Dr) && world.dns() == Region::Dr && world.decisions > 0
        }),
        Property::sometimes("the primary takes payments again", |_: &Search, world: &World| {
            world.phase == Phase::After && world.acknowledges(Region::Primary) && world.dns() == Region::Primary
        }),
    ]
}

impl Search {
    /// The region is lost in a search without the detector's attempts, and no operator has decided.
    fn nobody_acts(&self, world: &World) -> bool {
        self.variant.attempts == (0, 0) && world.is_lost() && !world.decided
    }

    /// The second of two faults may be that the latch's own table takes no write.
    fn could_not_clear_the_latch(&self, world: &World) -> bool {
        self.faults > 1 && world.faults == 0 && world.told
    }

    /// A planned move that cannot find out who writes leaves the latch: without it the detector would take a primary that is
    /// well, and does not write yet, for lost, and data would be lost without an outage. The operator is told how to go on.
    fn planned_move_was_told(&self, world: &World) -> bool {
        let is_planned = |machine: &Name| matches!(machine, Name::Failback | Name::Drill);
        world.told && self.operator.iter().any(|(machine, _)| is_planned(machine))
    }

    /// An operator who has decided takes the lock from a drill, in the very moment in which the drill asks for the writer to
    /// go back: no condition holds over two services. Both executions have told people, and the watcher tells them what to type.
    fn operator_overruled_a_move(&self, world: &World) -> bool {
        world.decided && world.told && self.operator.iter().any(|(machine, _)| *machine == Name::Drill)
    }
}

impl World {
    /// It is written and not replicated yet, or the failover that writes it has not come to its end.
    fn epoch_is_on_its_way(&self) -> bool {
        self.epoch(Region::Dr) != self.epoch_at_primary || self.epoch(Region::Dr).is_none() && self.failover_runs()
    }

    /// Neither region takes payments, and no move of roles would change that.
    fn cannot_be_helped(&self) -> bool {
        self.trouble.is_some() && !self.primary_is_healthy()
    }
}
