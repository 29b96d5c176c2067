// The name of an authority or a host goes in; a certificate comes out, signed by an authority that only the test has.
import { generateKeyPairSync, sign } from 'node:crypto';
import { asn1, md, pki } from 'node-forge';

export interface Certificate {
  /** PEM. */
  readonly cert: string;
  /** PEM. */
  readonly key: string;
}

export interface CertificateOptions {
  /** Without one it signs itself. */
  readonly signedBy?: Certificate;
  /** Whether it may sign others. */
  readonly authority?: boolean;
  /** IP addresses and names that it is for. */
  readonly hosts?: readonly string[];
  /** Days from now when it begins and ends. */
  readonly validDays?: readonly [from: number, to: number];
}

const day = 24 * 60 * 60 * 1000;

let serialNumber = 1;

/** How many authorities there are so far in this test file. */
let authorities = 0;

// Every test file is a bundle with a copy of this module, so that a variable would not do.
const holder = globalThis as { retouchKeys?: ReturnType<typeof makeKeys>[] };

/**
 * Keys take the most time, and all test files of a process have the same. All hosts share the first, as they are all this
 * machine; authorities of one file have one each.
 */
function keysAt(index: number): ReturnType<typeof makeKeys> {
  const all = (holder.retouchKeys ??= []);
  return (all[index] ??= makeKeys());
}

function makeKeys() {
  return generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
}

export function makeCertificate(
  name: string,
  { signedBy, authority = false, hosts = [], validDays = [-1, 30] }: CertificateOptions = {},
): Certificate {
  const keys = keysAt(authority ? ++authorities : 0);
  const certificate = pki.createCertificate();
  certificate.publicKey = pki.publicKeyFromPem(keys.publicKey);
  certificate.serialNumber = (serialNumber++).toString(16).padStart(4, '0');
  certificate.validity.notBefore = new Date(Date.now() + validDays[0] * day);
  certificate.validity.notAfter = new Date(Date.now() + validDays[1] * day);
  const subject = [{ name: 'commonName', value: name }];
  certificate.setSubject(subject);
  certificate.setIssuer(
    signedBy ? pki.certificateFromPem(signedBy.cert).subject.attributes : subject,
  );
  certificate.setExtensions([
    { name: 'basicConstraints', cA: authority },
    ...(authority ? [{ name: 'keyUsage', keyCertSign: true, cRLSign: true }] : []),
    ...(hosts.length > 0
      ? [
          {
            name: 'subjectAltName',
            altNames: hosts.map((host) =>
              /^[\d.]+$/.test(host) ? { type: 7, ip: host } : { type: 2, value: host },
            ),
          },
        ]
      : []),
  ]);
  // Node signs many times faster than node-forge, which is JavaScript.
  const signer = {
    sign: () =>
      sign('sha256', tbsBytesOf(certificate), signedBy?.key ?? keys.privateKey).toString('latin1'),
  };
  certificate.sign(signer as unknown as pki.rsa.PrivateKey, md.sha256.create());
  return {
    cert: pki.certificateToPem(certificate),
    key: keys.privateKey,
  };
}

/** What is signed of a certificate. */
function tbsBytesOf(certificate: pki.Certificate): Buffer {
  return Buffer.from(asn1.toDer(certificate.tbsCertificate).getBytes(), 'latin1');
}
