import { GuestDialler } from '../../../server/src/gateway/guest-dialler.ts';
import { Listener } from '../../../server/src/gateway/listener.ts';
import { placeLimits } from '../../../server/src/gateway/places.ts';
import { Splice } from '../../../server/src/gateway/splice.ts';
import { newAttemptId } from '../../../server/src/wire/ids.ts';
import { guestAt } from './gateway-site.ts';

/** forward.ts SINK: the gateway's own forwarding and nothing else: nobody is counted, limited or recorded. Prints its port. */
const guest = guestAt(Number(process.argv[2]));
const targets = { guest: () => guest, waitForGuest: async () => null };
const limits = placeLimits({ perNetwork: guest.limits.placesServer, graceMs: 3000 });
const dialler = new GuestDialler(targets, 'practice', { limits });
const id = newAttemptId(0);
const network = '';

/** Notes nothing. */
const blank = {
  begin: async () => true,
  flush: async () => true,
  dial: () => {},
  data: () => {},
  close: async () => {},
};

const listener = new Listener({
  host: '127.0.0.1',
  port: 0,
  reusePort: false,
  what: 'forwarding alone',
  variable: '',
  onConnection: attacker => {
    const dial = (attempt: Parameters<ConstructorParameters<typeof Splice>[0]['dial']>[0]) =>
      dialler.dial('server', id, { ...attempt, network, selfTest: false });
    new Splice({ attacker, record: blank, dial, guestSpeaksFirst: false, onEnd: () => {} });
  },
});
await listener.open();
process.stdout.write(`${listener.port}\n`);
