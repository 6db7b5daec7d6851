/** The files that anybody may order, as the API calls them: what one line of them is, and what reads them. `docs/data/formats.md` has all of it. */
export const EXPORT_FORMATS = [
  ['parquet', 'Parquet', 'an attempt', 'DuckDB, pandas, Spark'],
  ['jsonl', 'JSON lines', 'an attempt, in its canonical form', 'anything'],
  ['csv', 'CSV', 'an attempt; safe to open in a spreadsheet', 'spreadsheets, R'],
  ['zeek-conn', 'Zeek conn.log', 'a connection', 'whatever reads Zeek’s logs'],
  ['zeek-ssl', 'Zeek ssl.log', 'an attempt in which something was TLS', 'the same'],
  ['zeek-x509', 'Zeek x509.log', 'a certificate that was shown', 'the same'],
  [
    'hellos',
    'Hellos',
    'a ClientHello that was seen once or more, without randoms',
    'fingerprint tools, tests of parsers',
  ],
] as const;
