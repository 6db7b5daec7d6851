import type { GuestLimits } from './facts.ts';
import type { BootId } from './ids.ts';

/**
 * What the supervisor tells the gateway on its targets socket: one JSON object per line, the whole picture each time,
 * at connect and at every change.
 */
export interface TargetsSnapshot {
  targets: TargetState[];
}

export interface TargetState {
  target: string;
  state: 'booting' | 'ready' | 'down';
  /** The rest is null unless ready. */
  guest: {
    bootId: BootId;
    host: string;
    /**
     * Host ports that reach the guest's ports 10000 (server role) and 10002 (client role). Several of each: take them in turn,
     * because each may have room for no more than one connection that is not accepted yet.
     */
    serverPorts: number[];
    clientPorts: number[];
    /** base64, 32 bytes: the HMAC key of the preface. */
    prefaceKey: string;
    limits: GuestLimits;
  } | null;
}

/** The guest's own TCP ports; part of the preface's MAC. */
export const GUEST_SERVER_PORT = 10000;
export const GUEST_CLIENT_PORT = 10002;
