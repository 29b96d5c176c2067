// VS Code's settings of the user, the environment and the system's certificates go in; how to reach the gateway
// comes out.
import { workspace } from 'vscode';
import { systemCertificates, type Network } from '../gateway/network';

let certificates: Promise<readonly string[]> | undefined;

/** Read anew for each edit; the certificates once in a session, and not before they are needed. */
export async function readNetwork(): Promise<Network> {
  const network = readProxySettings();
  if (userValue('systemCertificates') === false) return network;
  certificates ??= systemCertificates(process.env);
  return { ...network, certificates: await certificates };
}

/**
 * What VS Code's settings and the environment say of proxies. `http.proxyStrictSSL` is about the certificate of an
 * `https:` proxy only: the gateway's own is checked in every case.
 */
export function readProxySettings(): Network {
  if (userValue('proxySupport') === 'off') return {};
  const noProxy = userValue('noProxy');
  return {
    proxy: text(userValue('proxy')),
    proxyAuthorization: text(userValue('proxyAuthorization')),
    checkProxy: userValue('proxyStrictSSL') !== false,
    noProxy: Array.isArray(noProxy) ? noProxy.filter((host) => typeof host === 'string') : [],
    environment: process.env,
  };
}

/** The user's alone, and theirs on a remote machine: a workspace must not send pictures by another way. */
function userValue(name: string): unknown {
  return workspace.getConfiguration('http').inspect(name)?.globalValue;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
