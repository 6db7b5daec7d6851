//! Memory that is mapped somewhere else at each boot, and nowhere beside.
use core::ops::Range;

use pinata_hal::cpu::{random, time_stamp};

use crate::layout::{PAGE, PAGE_TABLE_SPAN};

/// Everything that is not placed is below this, and under another entry of the top-level table. 2^46 is far from the end of the
/// lower half.
pub const PLACED: Range<usize> = 1 << 39..1 << 46;

/// Page-aligned memory and the addresses at which it is mapped, an absent page before and after them.
#[derive(Clone)]
pub struct Placed {
    pub memory: Range<usize>,
    pub at: Range<usize>,
}

impl Placed {
    pub fn guards(&self) -> [usize; 2] {
        [self.at.start - PAGE, self.at.end]
    }

    /// How far behind its memory it is mapped.
    pub fn distance(&self) -> usize {
        self.at.start - self.memory.start
    }

    /// The memory behind `address`, if it is one of these.
    pub fn physical(&self, address: usize) -> Option<usize> {
        self.at.contains(&address).then(|| address - self.distance())
    }

    /// A part of the memory, and where that is mapped.
    pub fn part(&self, memory: Range<usize>) -> Placed {
        let distance = self.distance();
        Placed { at: memory.start + distance..memory.end + distance, memory }
    }

    fn is_apart_from(&self, other: &Placed) -> bool {
        self.at.end + PAGE <= other.at.start || other.at.end + PAGE <= self.at.start
    }
}

/// All that is placed.
#[derive(Clone)]
pub struct Places {
    /// Code, constants and data.
    pub image: Placed,
    pub heap: Placed,
    pub main_stack: Placed,
    pub fault_stack: Placed,
    pub interrupt_stack: Placed,
    /// Absent from the ordinary page tables; all of it under one table of the lowest level.
    pub vault: Placed,
}

impl Places {
    /// Draws an address for each.
    pub fn draw(image: Range<usize>, heap: Range<usize>, stacks: [Range<usize>; 3], vault: Range<usize>) -> Places {
        let [main_stack, fault_stack, interrupt_stack] = stacks;
        let image = place(image, &[]);
        let heap = place(heap, &[&image]);
        let main_stack = place(main_stack, &[&image, &heap]);
        let fault_stack = place(fault_stack, &[&image, &heap, &main_stack]);
        let interrupt_stack = place(interrupt_stack, &[&image, &heap, &main_stack, &fault_stack]);
        let vault = place(vault, &[&image, &heap, &main_stack, &fault_stack, &interrupt_stack]);
        Places { image, heap, main_stack, fault_stack, interrupt_stack, vault }
    }

    /// The largest first, which are those that are mostly asked for.
    pub fn all(&self) -> [&Placed; 6] {
        [&self.heap, &self.image, &self.main_stack, &self.fault_stack, &self.vault, &self.interrupt_stack]
    }
}

/// Any page of [`PLACED`] from which on there is room. What fits under one table of the lowest level with its guards is put
/// under one, which saves tables.
fn place(memory: Range<usize>, taken: &[&Placed]) -> Placed {
    let pages = (PLACED.len() - memory.len()) / PAGE - 2;
    loop {
        let start = PLACED.start + PAGE + draw() as usize % pages * PAGE;
        let placed = Placed { memory: memory.clone(), at: start..start + memory.len() };
        let [below, above] = placed.guards();
        let straddles = below / PAGE_TABLE_SPAN != above / PAGE_TABLE_SPAN;
        if taken.iter().all(|other| placed.is_apart_from(other))
            && !(straddles && memory.len() < PAGE_TABLE_SPAN - 2 * PAGE)
        {
            return placed;
        }
    }
}

/// Of the processor's generator and of its counter, so that one that is missing or broken leaves at least the other, which is
/// easier to guess.
fn draw() -> u64 {
    random().unwrap_or(0) ^ spread(time_stamp())
}

/// Numbers that are close to each other become numbers that are not (the last step of SplitMix64).
fn spread(value: u64) -> u64 {
    let value = (value ^ value >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ value >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ value >> 31
}
