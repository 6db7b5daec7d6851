/**
 * Types of the public API, made from its OpenAPI document. Not to be edited: `node infra/api/write-dashboard-types.ts`.
 */

export type Snapshot = {
  cursor: number;
  generatedAt: string;
  site: string;
  targets: TargetStatus[];
  health: string;
  feed: FeedState;
  summary: Summary;
  attempts: ListedAttempt[];
  firsts: First[];
  announcements: Announcement[];
};

export type ListedAttempt = {
  id: string;
  seq: number;
  change: number;
  startedAt: string;
  target: string;
  channel: string;
  depth: number;
  outcome: string;
  inferred: boolean;
  primaryClass: string | null;
  country: string;
  srcToken: string;
  ja4: string | null;
  bytesIn: number;
  selfTest: boolean;
  alert: number | null;
};

export type TargetStatus = {
  target: string;
  prize: boolean;
  state: string;
  bootId: string | null;
  readyAt: string | null;
  accelerator: string | null;
  imageSha256: string | null;
  restarts: number;
  selfTest: {
    at: string;
    passed: boolean | null;
  } | null;
  selfTestStaleAfterS: number;
  unclaimedSince: string | null;
  released: {
    id: string;
    at: string;
  } | null;
  address: string | null;
  ports: {
    server: number;
    callback: number;
    client: number;
  };
};

export type Summary = {
  window: string;
  from: string | null;
  to: string;
  attempts: number;
  refused: number;
  reached: number[];
  outcomes: Record<string, number>;
  perMinute: number[];
};

export type First = {
  /** when that attempt began */
  at: string;
  kind: "fingerprint" | "class" | "depth" | "country";
  /** JA4, id of a class, 0 to 8, ISO 3166 code */
  value: string;
  attemptId: string;
};

export type Announcement = {
  id: number;
  at: string;
  until: string | null;
  text: string;
};

export type FeedState = {
  /** delayed: what happens is kept, and not shown yet. down: the database does not answer; all is as last seen */
  state: "live" | "delayed" | "down";
  because: string | null;
  completeUntil: string | null;
};

export type AttemptRecord = {
  schema: "pinata.attempt/1";
  id: string;
  seq: number;
  revision: number;
  change: number;
  siteId: string;
  roundId: string;
  termsSha256: string;
  target: string;
  channel: "server" | "callback" | "client";
  guestRole: "server" | "client";
  bootId: string | null;
  imageSha256: string | null;
  caSha256: string | null;
  lostBefore: number;
  leafHash: string;
  startedAt: string;
  source: {
    srcToken: string;
    ipVersion: 4 | 6;
    country: string;
    geoDb: string | null;
    asn: number | null;
  };
  transport: {
    bytesIn: number;
    bytesOut: number;
    recordsIn: number;
    recordsOut: number;
    connState: string | null;
    close: {
      by: "peer" | "guest" | "gateway";
      kind: "fin" | "rst" | "timeout";
    } | null;
  };
  hello: {
    recordVersion: number;
    legacyVersion: number;
    supportedVersions: number[];
    ciphers: number[];
    extensions: number[];
    groups: number[];
    keyShares: number[];
    signatureAlgorithms: number[];
    alpn: string[];
    pskModes: number[];
    compression: number[];
    sniKind: "host" | "ip" | "empty" | "invalid" | null;
    sessionIdLength: number;
    psk: boolean;
    earlyData: boolean;
    ech: boolean;
    grease: boolean;
    pqShare: boolean;
    helloBytes: number;
    helloRecords: number;
    helloSha256: string;
    hrr: boolean;
    ja3: string | null;
    ja4: string | null;
  } | null;
  negotiated: {
    version: number | null;
    cipher: number | null;
    group: number | null;
    ja3s: string | null;
    sslHistory: string;
    established: boolean;
  };
  certificate: {
    presented: boolean | null;
    chainLength: number | null;
    chainSha256: string | null;
    leafSpkiSha256: string | null;
    chainResult: string | null;
    verifyScheme: number | null;
    verifyOk: boolean | null;
  };
  result: {
    depth: number;
    outcome: "connect_only" | "idle_timeout" | "gateway_limited" | "backend_unavailable" | "callback_unreachable" | "not_tls" | "hello_incomplete" | "hello_malformed" | "version_refused" | "parameters_refused" | "hello_refused" | "certificate_missing" | "certificate_malformed" | "certificate_untrusted" | "certificate_unsuitable" | "possession_failed" | "finished_failed" | "protocol_violation" | "abandoned" | "refused_by_peer" | "left_before_release" | "handshake_timeout" | "guest_limit" | "guest_crash" | "guest_silent_close" | "target_restarted" | "observer_lost" | "released_self_test" | "released_relay" | "released_practice" | "released";
    inferred: boolean;
    confidence: number;
    classes: {
      id: string;
      confidence: number;
      evidence: string;
      at?: {
        dir: "in" | "out";
        offset: number;
        length: number;
      } | null;
    }[];
    primaryClass: string | null;
    alertsSent: number[];
    alertsReceived: number[];
    guestError: string | null;
    sessionTag: string | null;
    peerIsSelf: boolean | null;
    selfTest: boolean;
    claimTag: string | null;
    classifier: {
      version: number;
      sha256: string;
    };
  };
  truncated: string[];
  erased?: boolean;
  commitments: {
    source: string;
    research: string;
    transcript: string | null;
  };
};

export type Attempts = {
  rows: AttemptRecord[];
  meta: {
    generatedAt: string;
    change: number;
    completeUntil: string | null;
    /** facts and guest events that are known to be missing, in all */
    lost: number;
    classifier: {
      version: number;
      sha256: string;
    } | null;
    geoDb: string | null;
    order: string;
    snapshot: number | null;
  };
  next: string | null;
};

export type Meta = {
  generatedAt: string;
  change: number;
  completeUntil: string | null;
  /** facts and guest events that are known to be missing, in all */
  lost: number;
  classifier: {
    version: number;
    sha256: string;
  } | null;
  geoDb: string | null;
};

export type Flow = {
  id: string;
  revision: number;
  /** transcript: what went over the wire; record: only what the record says of it, so that sizes are missing */
  basis: "transcript" | "record";
  withheld: "embargo" | "not_kept" | null;
  channel: "server" | "callback" | "client";
  /** the TLS role of the target */
  guestRole: "server" | "client";
  steps: Step[];
  /** records that were counted and not described */
  unlisted: number;
  stop: Stop | null;
};

export type Step = {
  /** bytes: not in TLS records; gap: what is left out here, since there is too much of it */
  kind: "connect" | "call_back" | "message" | "bytes" | "close" | "gap";
  from: "peer" | "target" | "gateway";
  /** false: a call back that nobody answered */
  ok: boolean;
  seconds: number | null;
  bytes: number | null;
  records: number;
  /** false: it ends before the length that its record declares */
  complete: boolean;
  encrypted: boolean;
  epoch: "none" | "handshake" | "application" | null;
  /** empty where nobody can say */
  holds: Held[];
  manner: "fin" | "rst" | "timeout" | null;
};

export type Held = {
  name: "ClientHello" | "ServerHello" | "HelloRetryRequest" | "EncryptedExtensions" | "CertificateRequest" | "Certificate" | "CertificateVerify" | "Finished" | "NewSessionTicket" | "EndOfEarlyData" | "KeyUpdate" | "HelloRequest" | "ServerKeyExchange" | "ServerHelloDone" | "ClientKeyExchange" | "CertificateStatus" | "Ssl2ClientHello" | "HandshakeMessage" | "Fragment" | "ChangeCipherSpec" | "Alert" | "ApplicationData" | "Heartbeat" | "UnknownRecord" | "Secret";
  number: number | null;
  /** read: it was in the clear; told: by the target; inferred: from the outcome or from sizes */
  known: "read" | "told" | "inferred";
};

export type Stop = {
  /** where, as an index of `steps` */
  step: number;
  by: "target" | "gateway" | "peer";
  alert: number | null;
  check: "record" | "hello_form" | "version" | "parameters" | "hello_rules" | "certificate_presence" | "certificate_form" | "certificate_version" | "issuer" | "signature" | "validity" | "usage" | "basic_constraints" | "name_constraints" | "path_length" | "revocation" | "chain" | "possession" | "scheme" | "finished" | "order" | "decryption" | "message_form" | "protocol" | "chain_limit" | "limit" | "time" | "places" | "silent" | "crash" | "restart" | "unreachable" | "no_answer" | "lost" | null;
  says: string | null;
  section: string | null;
};

export type Leaf = {
  leafHash: string;
  /** leafHash is the SHA-256 of its RFC 8785 form */
  leaf: unknown;
};

export type TargetView = {
  target: string;
  prize: boolean;
  state: string;
  bootId: string | null;
  readyAt: string | null;
  accelerator: string | null;
  imageSha256: string | null;
  restarts: number;
  selfTest: {
    at: string;
    passed: boolean | null;
  } | null;
  selfTestStaleAfterS: number;
  unclaimedSince: string | null;
  released: {
    id: string;
    at: string;
  } | null;
  address: string | null;
  ports: {
    server: number;
    callback: number;
    client: number;
  };
  /** where attackers connect */
  host: string;
  /** port that a connect-back dials on the initiator */
  callbackTo: number;
  authority: string | null;
  certificates: {
    ca: {
      pem: string;
      /** of the DER form, hex */
      sha256: string;
    } | null;
    server: {
      pem: string;
      /** of the DER form, hex */
      sha256: string;
    } | null;
    client: {
      pem: string;
      /** of the DER form, hex */
      sha256: string;
    } | null;
  };
  keys: {
    role: string;
    /** BIP-340, hex */
    xOnly: string;
  }[];
  output: {
    network: string;
    address: string;
    descriptor: string;
    internalKey: string;
    outputKey: string;
  } | null;
  limits: {
    placesServer: number;
    placesClient: number;
    handshakeMs: number;
    releaseMs: number;
    bytesBeforeAuthentication: number;
    chainMax: number;
    signaturesMax: number;
  } | null;
  credentials: string | null;
};

export type Boot = {
  id: string;
  target: string;
  /** start, planned, crash or request */
  reason: string;
  startedAt: string;
  readyAt: string | null;
  bootMs: number | null;
  endedAt: string | null;
  endReason: string | null;
  imageSha256: string;
  /** tcg is emulation: QEMU promises isolation only with kvm */
  accelerator: string;
  qemuVersion: string;
  qemuSha256: string;
  argvSha256: string;
  memoryMiB: number;
  authority: string | null;
  certificates: {
    ca: {
      pem: string;
      /** of the DER form, hex */
      sha256: string;
    } | null;
    server: {
      pem: string;
      /** of the DER form, hex */
      sha256: string;
    } | null;
    client: {
      pem: string;
      /** of the DER form, hex */
      sha256: string;
    } | null;
  };
  keys: {
    role: string;
    xOnly: string;
  }[];
  lostEvents: number;
};

export type Classes = {
  rows: ClassView[];
  /** all attempts */
  attempts: ClassCounts;
  /** attempts that look like none of the classes */
  unclassified: ClassCounts;
  meta: Meta;
};

export type ClassView = {
  id: string;
  /** A to G */
  group: string;
  title: string;
  /** most severe first */
  severity: "breach" | "fault" | "attack" | "probe" | "noise" | "note";
  /** a remark on what is ordinary */
  informational: boolean;
  explanation: string;
  /** what is looked at, in words */
  rule: string;
  /** bytes and times of the connection, what the target told, or many attempts together */
  readFrom: "wire" | "guest" | "window";
  /** how sure a match is, 0 to 1 */
  confidence: number;
  reference: string | null;
  counts: ClassCounts;
};

/** all attempts */
export type ClassCounts = {
  /** since 00:00 UTC */
  today: number;
  /** today and the 29 days before it */
  days30: number;
  all: number;
};

export type ClassPage = {
  id: string;
  /** A to G */
  group: string;
  title: string;
  /** most severe first */
  severity: "breach" | "fault" | "attack" | "probe" | "noise" | "note";
  /** a remark on what is ordinary */
  informational: boolean;
  explanation: string;
  /** what is looked at, in words */
  rule: string;
  /** bytes and times of the connection, what the target told, or many attempts together */
  readFrom: "wire" | "guest" | "window";
  /** how sure a match is, 0 to 1 */
  confidence: number;
  reference: string | null;
  counts: ClassCounts;
  perDay: ClassDays;
  example: ClassExample | null;
  newest: AttemptRecord | null;
};

export type ClassExample = {
  what: string;
  tool: string | null;
  /** what the rule saw */
  evidence: string;
  bytes: {
    /** in: from the attacker */
    dir: "in" | "out";
    /** of the first byte shown, in its direction */
    offset: number;
    /** bytes of that direction */
    total: number;
    hex: string;
    at: {
      offset: number;
      length: number;
    } | null;
  } | null;
  /** what the target told, in order */
  guest: string[];
  attempts: number | null;
  seconds: number | null;
};

export type ClassDays = {
  days: string[];
  attempts: number[];
};

export type StatsSummary = {
  window: string;
  from: string | null;
  to: string;
  attempts: number;
  refused: number;
  reached: number[];
  outcomes: Record<string, number>;
  perMinute: number[];
  distinct: {
    sources: number;
    fingerprints: number;
    certificates: number;
    countries: number;
    classes: number;
  } | null;
  meta: Meta;
};

export type Series = {
  interval: string;
  times: number[];
  lines: {
    name: string;
    attempts: number[];
  }[];
  meta: {
    generatedAt: string;
    change: number;
    completeUntil: string | null;
    /** facts and guest events that are known to be missing, in all */
    lost: number;
    classifier: {
      version: number;
      sha256: string;
    } | null;
    geoDb: string | null;
    from: string;
    to: string;
  };
};

export type Top = {
  by: string;
  window: string;
  /** in the span that meta tells, whatever their value */
  attempts: number;
  /** different values in all, without those that are unknown */
  values: number;
  /** most frequent first; the row of null, and ZZ among countries, is there whatever the limit */
  rows: {
    /** null: it has none */
    value: string | null;
    attempts: number;
  }[];
  meta: {
    generatedAt: string;
    change: number;
    completeUntil: string | null;
    /** facts and guest events that are known to be missing, in all */
    lost: number;
    classifier: {
      version: number;
      sha256: string;
    } | null;
    geoDb: string | null;
    from: string | null;
    to: string;
  };
};

export type Status = {
  overall: "ok" | "degraded" | "down";
  generatedAt: string;
  /** down: the rest is as it was last seen */
  database: "ok" | "down";
  feed: FeedState;
  components: {
    name: string;
    state: string;
    beatAt: string;
    ageS: number;
    stale: boolean;
    /** unknown: whoever would tell of it is silent itself, so that nothing can be said */
    health: "ok" | "silent" | "unknown";
  }[];
  targets: {
    target: string;
    prize: boolean;
    state: string;
    bootId: string | null;
    readyAt: string | null;
    accelerator: string | null;
    imageSha256: string | null;
    restarts: number;
    selfTest: {
      at: string;
      passed: boolean | null;
    } | null;
    selfTestStaleAfterS: number;
    unclaimedSince: string | null;
    released: {
      id: string;
      at: string;
    } | null;
    address: string | null;
    ports: {
      server: number;
      callback: number;
      client: number;
    };
    emulated: boolean | null;
    uptimeS: number | null;
    selfTestStale: boolean;
    /** false: state and uptime are as last heard, and may have changed since */
    known: boolean;
  }[];
  log: Meta | null;
  alarms: {
    raisedAt: string;
    kind: string;
    target: string | null;
    attemptId: string | null;
  }[];
};

export type Installation = {
  schema: "pinata.installation/1";
  site: string;
  round: string;
  url: string;
  targets: TargetView[];
  /** the gateway's; each target has its guest's beside it */
  limits: {
    /** open at a time, per address (IPv6: /64) and target */
    connectionsPerAddress: number;
    /** the same for an IPv4 /24 or IPv6 /48 */
    connectionsPerNetwork: number;
    /** of these, in the guest; half of a guest's places in a role at most */
    placesPerNetwork: number;
    /** when all is taken, the slowest whose handshake takes longer than this gives way */
    graceMs: number;
    /** more are refused and summed */
    connectionsPerAddressAndMinute: number;
    /** open at a time, per target */
    connectionsServerRole: number;
    /** open at a time, per target */
    connectionsClientRole: number;
    /** open at a time, in all */
    connections: number;
    /** seconds between self-tests */
    selfTestS: number;
    /** seconds until a guest is restarted with new keys */
    plannedRestartS: number;
    /** connect-back may dial loopback and private addresses */
    laboratory: boolean;
  };
  /** days for which single attempts are kept; counts stay for ever; 0: attempts too */
  keepDays: number;
  privacy: Privacy;
  rules: {
    terms: {
      text: string;
      /** the termsSha256 of attempts made under them */
      sha256: string;
    };
    win: string;
    inScope: {
      id: string;
      name: string;
      says: string;
    }[];
    outOfScope: {
      id: string;
      name: string;
      says: string;
    }[];
    safeHarbour: string[];
    claim: {
      id: string;
      name: string;
      says: string;
    }[];
    embargo: {
      days: number;
      says: string[];
    };
    notShown: string[];
  };
  bans: {
    /** networks that are refused now; each ban ends by itself */
    active: number;
  };
  /** where the organisers' log stands; its entries are not public */
  organisersLog: {
    entries: number;
    sha256: string | null;
  };
  links: Record<string, string>;
};

export type Privacy = {
  policy: string;
  /** addresses are removed everywhere after so many days */
  addressDays: number;
  /** keys behind the tokens of addresses are destroyed so long after they were made */
  sourceTokenKeyHours: number;
  /** what was read of the raw spool is deleted after so long at the latest */
  spoolHours: number;
  /** days for which single attempts are kept; 0: for ever */
  attemptDays: number;
};

export type MadeProof = {
  /** rises with each proof */
  seq: number;
  madeAt: string;
  target: string;
  bootId: string;
  imageSha256: string;
  caSha256: string | null;
  root: string;
  message: string;
  signature: string;
  key: string | null;
};

export type AttemptTexts = {
  id: string;
  /** what is private of the attempt was destroyed, these texts too */
  erased: boolean;
  /** an organiser took texts and credit off */
  hidden: boolean;
  credit: string | null;
  text: {
    subject: string | null;
    issuer: string | null;
    san: string[];
    sni: string | null;
  } | null;
  /** only with reveal=1 */
  whole?: {
    subject: string | null;
    issuer: string | null;
    san: string[];
    sni: string | null;
  } | null;
};

export type Me = {
  day: string;
  srcToken: string;
  ipVersion: 4 | 6;
  /** the newest of today, newest first */
  rows: AttemptRecord[];
  quota: {
    /** more from one source are refused and summed */
    connectionsPerMinute: number;
    /** published so far */
    attemptsLastMinute: number;
    refusedLastMinute: number;
    /** of this API; RateLimit tells what is left */
    requestsPerMinute: number;
  };
};

export type ExportJob = {
  id: string;
  state: "queued" | "running" | "done" | "failed";
  format: string;
  snapshot: number;
  filter: {
    /** only rows with a higher seq */
    after?: number;
    /** only rows with a lower seq */
    before?: number;
    /** started at or after; whole seconds */
    from?: string;
    /** started before; whole seconds */
    to?: string;
    /** name of a target */
    target?: string;
    /** exactly this outcome */
    outcome?: "connect_only" | "idle_timeout" | "gateway_limited" | "backend_unavailable" | "callback_unreachable" | "not_tls" | "hello_incomplete" | "hello_malformed" | "version_refused" | "parameters_refused" | "hello_refused" | "certificate_missing" | "certificate_malformed" | "certificate_untrusted" | "certificate_unsuitable" | "possession_failed" | "finished_failed" | "protocol_violation" | "abandoned" | "refused_by_peer" | "left_before_release" | "handshake_timeout" | "guest_limit" | "guest_crash" | "guest_silent_close" | "target_restarted" | "observer_lost" | "released_self_test" | "released_relay" | "released_practice" | "released";
    /** among its classes is this one */
    class?: string;
    /** got at least this far */
    depthMin?: number;
    /** how it came in */
    channel?: "server" | "callback" | "client";
    /** ISO 3166 code; ZZ is unknown */
    country?: string;
    /** fingerprint of the ClientHello */
    ja4?: string;
    /** SHA-256 of the leaf certificate's public key */
    spki?: string;
    /** the boot that it met */
    boot?: string;
    /** tag from the name that it asked for */
    claimTag?: string;
    /** true: only self-tests; false: none */
    selfTest?: boolean;
  };
  /** so far */
  rows: number;
  /** so far */
  bytes: number;
  sha256: string | null;
  why: string | null;
  orderedAt: string;
  expiresAt: string | null;
  file: string | null;
};

export type StreamEvents = {
  hello: {
    cursor: number;
    /** by the clock of the service */
    now: string;
  };
  attempts: {
    rows: ListedAttempt[];
    skipped: {
      from: number;
      to: number;
      count: number;
    }[];
  };
  stats: Summary;
  firsts: {
    rows: First[];
  };
  status: {
    health: string;
    targets: TargetStatus[];
    feed: FeedState;
  };
  beat: {
    /** by the clock of the service */
    now: string;
    cursor: number;
    completeUntil: string | null;
  };
  reset: Record<string, never>;
};
