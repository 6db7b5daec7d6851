//! What graviola asks of std, for a machine without it: which instructions the processor has, and random bytes.
use crate::Error;
use core::arch::x86_64::{__cpuid, __cpuid_count, _xgetbv};
use core::sync::atomic::{AtomicPtr, AtomicU32, Ordering};

/// Has std's name and meaning. A name that the table lacks stops the build.
macro_rules! is_x86_feature_detected {
    ($name:tt) => {
        cfg!(target_feature = $name) || $crate::nostd::has(const { $crate::nostd::bit($name) })
    };
}

/// Set as soon as the processor has been asked, so that one without any of these is not asked again.
const ASKED: u32 = 1 << 31;
/// State components of XCR0 (Intel SDM vol. 1 §13.1) that must be enabled for 256 and for 512 bit registers.
const XCR0_YMM: u64 = 0x06;
const XCR0_ZMM: u64 = 0xe6;
const CPUID_1_ECX_OSXSAVE: u32 = 27;

static FEATURES: AtomicU32 = AtomicU32::new(0);

pub(crate) const fn bit(name: &str) -> u32 {
    match name.as_bytes() {
        b"aes" => 1,
        b"pclmulqdq" => 1 << 1,
        b"avx" => 1 << 2,
        b"bmi1" => 1 << 3,
        b"bmi2" => 1 << 4,
        b"adx" => 1 << 5,
        b"avx2" => 1 << 6,
        b"sha" => 1 << 7,
        b"avx512f" => 1 << 8,
        b"avx512bw" => 1 << 9,
        b"avx512vl" => 1 << 10,
        b"vaes" => 1 << 11,
        b"vpclmulqdq" => 1 << 12,
        _ => panic!("a feature that this table lacks"),
    }
}

#[inline]
pub(crate) fn has(bit: u32) -> bool {
    let known = FEATURES.load(Ordering::Relaxed);
    (if known == 0 { ask() } else { known }) & bit != 0
}

/// CPUID leaves 1 and 7 (Intel SDM vol. 2A); vector registers count only if they are enabled.
#[cold]
fn ask() -> u32 {
    let one = __cpuid(1).ecx;
    let (ebx, ecx) = match __cpuid(0).eax {
        7.. => (__cpuid_count(7, 0).ebx, __cpuid_count(7, 0).ecx),
        _ => (0, 0),
    };
    // SAFETY: OSXSAVE says that the instruction exists and is enabled.
    let enabled = if one >> CPUID_1_ECX_OSXSAVE & 1 == 1 { unsafe { xcr0() } } else { 0 };
    let ymm = enabled & XCR0_YMM == XCR0_YMM;
    let zmm = enabled & XCR0_ZMM == XCR0_ZMM;
    let found = [
        ("pclmulqdq", one, 1, true),
        ("aes", one, 25, true),
        ("avx", one, 28, ymm),
        ("bmi1", ebx, 3, true),
        ("avx2", ebx, 5, ymm),
        ("bmi2", ebx, 8, true),
        ("avx512f", ebx, 16, zmm),
        ("adx", ebx, 19, true),
        ("sha", ebx, 29, true),
        ("avx512bw", ebx, 30, zmm),
        ("avx512vl", ebx, 31, zmm),
        ("vaes", ecx, 9, ymm),
        ("vpclmulqdq", ecx, 10, ymm),
    ];
    let features = found.iter().fold(
        ASKED,
        |sum, (name, register, at, usable)| {
            if *usable && register >> at & 1 == 1 { sum | bit(name) } else { sum }
        },
    );
    FEATURES.store(features, Ordering::Relaxed);
    features
}

#[target_feature(enable = "xsave")]
fn xcr0() -> u64 {
    // SAFETY: the caller has seen OSXSAVE; register 0 always exists.
    unsafe { _xgetbv(0) }
}

/// Fills its argument, or returns false.
pub type Source = fn(&mut [u8]) -> bool;

/// A [`Source`], or null.
static SOURCE: AtomicPtr<()> = AtomicPtr::new(core::ptr::null_mut());

/// Says where random bytes come from. Until then all that needs some fails.
pub fn set_source(source: Source) {
    SOURCE.store(source as *mut (), Ordering::Release);
}

pub(crate) fn random(out: &mut [u8]) -> Result<(), Error> {
    let source = SOURCE.load(Ordering::Acquire);
    if source.is_null() {
        return Err(Error::RngFailed);
    }
    // SAFETY: what is not null was a `Source` when `set_source` stored it.
    let source = unsafe { core::mem::transmute::<*mut (), Source>(source) };
    if source(out) { Ok(()) } else { Err(Error::RngFailed) }
}
