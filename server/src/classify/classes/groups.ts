/** Letters of the classes' groups, with what they are about. */
export const CLASS_GROUPS: readonly (readonly [letter: string, title: string])[] = [
  ['A', 'Before or without TLS'],
  ['B', 'Record layer'],
  ['C', 'The hello alone'],
  ['D', 'State of the handshake'],
  ['E', 'Certificates and proofs'],
  ['F', 'Campaigns'],
  ['G', 'Our side'],
];
