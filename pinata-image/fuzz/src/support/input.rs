//! A target's input as numbers and pieces. It never runs dry: past the end all is zero, so that every input means something.

/// A reader of the bytes that libFuzzer made up.
pub struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    pub fn new(bytes: &'a [u8]) -> Input<'a> {
        Input(bytes)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn byte(&mut self) -> u8 {
        self.array::<1>()[0]
    }

    pub fn flag(&mut self) -> bool {
        self.byte() & 1 == 1
    }

    pub fn short(&mut self) -> u16 {
        u16::from_be_bytes(self.array())
    }

    pub fn long(&mut self) -> u64 {
        u64::from_be_bytes(self.array())
    }

    /// A number below `end`, which is at most 65,536.
    pub fn below(&mut self, end: usize) -> usize {
        usize::from(self.short()) % end
    }

    pub fn array<const N: usize>(&mut self) -> [u8; N] {
        let mut out = [0; N];
        let taken = self.take(N);
        out[..taken.len()].copy_from_slice(taken);
        out
    }

    /// The next `n` bytes, or as many as are left.
    pub fn take(&mut self, n: usize) -> &'a [u8] {
        let (taken, left) = self.0.split_at(n.min(self.0.len()));
        self.0 = left;
        taken
    }

    /// A piece with its length (two bytes) before it.
    pub fn piece(&mut self) -> &'a [u8] {
        let length = usize::from(self.short());
        self.take(length)
    }

    /// All that is left.
    pub fn rest(&mut self) -> &'a [u8] {
        core::mem::take(&mut self.0)
    }
}

/// Writes what [`Input`] reads: for seeds.
#[derive(Default)]
pub struct Output(pub Vec<u8>);

impl Output {
    pub fn byte(mut self, value: u8) -> Output {
        self.0.push(value);
        self
    }

    pub fn short(mut self, value: u16) -> Output {
        self.0.extend(value.to_be_bytes());
        self
    }

    pub fn bytes(mut self, bytes: &[u8]) -> Output {
        self.0.extend(bytes);
        self
    }

    /// Panics when `bytes` is longer than a length of two bytes can say.
    pub fn piece(self, bytes: &[u8]) -> Output {
        self.short(bytes.len().try_into().expect("a short piece")).bytes(bytes)
    }
}
