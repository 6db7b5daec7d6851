// Node's tls: client.js PORT [CERT KEY]. Prints what the peer said, or the error.
import { readFileSync } from 'node:fs';
import { connect } from 'node:tls';

const [port, cert, key] = process.argv.slice(2);
const identity = cert ? { cert: readFileSync(cert), key: readFileSync(key) } : {};
connect({ port: Number(port), host: '127.0.0.1', rejectUnauthorized: false, ...identity })
  .on('data', data => process.stdout.write(data))
  .on('error', error => console.log('error:', error.code, error.message));
