/** The most gateway processes that may share the targets' ports. */
export const GATEWAYS_MAX = 8;

/** The first gateway is `gateway`, the next one `gateway-2`. */
export type GatewayName = 'gateway' | `gateway-${number}`;

/** A spool has its owner's name. */
export type SpoolName = GatewayName | 'supervisor';

/** Counts from 1. */
export function gatewayName(number: number): GatewayName {
  return number === 1 ? 'gateway' : `gateway-${number}`;
}

export function isGatewayName(name: string): name is GatewayName {
  return name === 'gateway' || /^gateway-[2-8]$/.test(name);
}
