import { type CertificateDescription, describeCertificate } from '../../tls/certificate.ts';
import { Lru } from '../campaign/lru.ts';

/** One certificate that was presented: as it came, and what it says; null where it is none. */
export interface Presented {
  /** Base64 DER. */
  der: string;
  readonly description: CertificateDescription | null;
}

/** Describing one takes longer than all rules together, and the same ones come again and again: ours above all. */
const KEPT = 32;
const described = new Lru<string, { description: CertificateDescription | null }>(KEPT);

/** Describes a certificate (base64 DER). Null if it is none. */
export function descriptionOf(der: string): CertificateDescription | null {
  return described.ensure(der, () => ({ description: describeCertificate(Buffer.from(der, 'base64')) })).description;
}

/** Describes certificates when somebody asks. */
export function presented(chain: readonly string[]): Presented[] {
  return chain.map(der => ({
    der,
    get description() {
      return descriptionOf(der);
    },
  }));
}
