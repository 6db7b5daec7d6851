import { createHash } from 'node:crypto';
import { describeDifference, firstDifference } from './difference.ts';

/** One comparison of the rebuilt image: true: the same; false: not; null: there was nothing to compare with. */
export interface Finding {
  readonly same: boolean | null;
  readonly text: string;
}

/** An image and the stamp that names the sources and the compiler which it was built from; null if nobody wrote one. */
export interface StampedImage {
  readonly image: Uint8Array;
  readonly stamp: string | null;
}

/** The image hash that an installation publishes for each target; null for one that has not booted. */
export interface Published {
  readonly address: string;
  readonly targets: readonly { readonly target: string; readonly imageSha256: string | null }[];
}

export const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** Whether two builds gave the same image. */
export function compareBuilds(one: Uint8Array, other: Uint8Array): Finding {
  const difference = firstDifference(one, other);
  if (!difference) return { same: true, text: `both builds gave the same ${one.length} bytes` };
  return { same: false, text: `the two builds differ, ${describeDifference(difference)}` };
}

/** Whether what is installed at `path` (null: nothing) is what was built now. */
export function compareInstalled(built: StampedImage, path: string, installed: StampedImage | null): Finding {
  if (!installed) return { same: null, text: `no image is installed at ${path}` };
  const difference = firstDifference(built.image, installed.image);
  if (!difference) return { same: true, text: `the installed image ${path} is the same` };
  const stale =
    installed.stamp !== null && installed.stamp !== built.stamp
      ? '; it was built from other sources or by another compiler than the ones here now'
      : '';
  return { same: false, text: `the installed image ${path} differs, ${describeDifference(difference)}${stale}` };
}

/** Whether a running installation (null: none answers at `address`) says that it boots what was built now; a finding per hash. */
export function comparePublished(built: Uint8Array, address: string, published: Published | null): Finding[] {
  if (!published) return [{ same: null, text: `no installation answers at ${address}` }];
  const hashes = new Map<string | null, string[]>();
  for (const { target, imageSha256 } of published.targets) {
    hashes.set(imageSha256, [...(hashes.get(imageSha256) ?? []), target]);
  }
  if (hashes.size === 0) return [{ same: null, text: `${address} publishes no target` }];
  return [...hashes].map(([hash, targets]) => {
    const whose = `${address} publishes for ${targets.join(' and ')}`;
    if (hash === null) return { same: null, text: `${whose} no image yet` };
    if (hash === sha256(built)) return { same: true, text: `${whose} the same image` };
    return { same: false, text: `${whose} another image: ${hash}` };
  });
}
