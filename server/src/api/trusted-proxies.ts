import ipaddr from 'ipaddr.js';
import { PinataError } from '../errors.ts';

/**
 * The addresses and CIDR blocks of proxies whose X-Forwarded-For is believed; false: nobody's word about an address counts.
 * Throws CONFIG_INVALID.
 */
export function trustedProxies(setting: string): string[] | false {
  const proxies = setting
    .split(',')
    .map(proxy => proxy.trim())
    .filter(proxy => proxy !== '');
  const wrong = proxies.find(proxy => !ipaddr.isValid(proxy) && !ipaddr.isValidCIDR(proxy));
  if (wrong !== undefined) {
    throw new PinataError('CONFIG_INVALID', {
      name: 'PINATA_TRUSTED_PROXY',
      why: `"${wrong}" is neither an address nor a block of addresses`,
    });
  }
  return proxies.length > 0 ? proxies : false;
}
