/** Whether a network lets everyone in. */
export function isEveryone(network: string): boolean {
  return ['0.0.0.0/0', '::/0'].includes(network.trim());
}

/** Whether a text looks like an address or a network in CIDR notation; the server has the last word. */
export function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.trim().split('/');
  if (rest.length > 0) {
    return false;
  }
  const isIPv4 =
    /^\d{1,3}(\.\d{1,3}){3}$/.test(address) && address.split('.').every((part) => Number(part) <= 255);
  const isIPv6 = /^[0-9a-f:]+(\d{1,3}(\.\d{1,3}){3})?$/i.test(address) && address.includes(':');
  if (!isIPv4 && !isIPv6) {
    return false;
  }
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (isIPv4 ? 32 : 128));
}

/** Mnemonics of errors the cabinet gives advice on. */
export const advised = [
  'ip_not_whitelisted',
  'access_token_invalid',
  'access_token_expired',
  'access_token_blocked',
  'auth_error',
  'forbidden',
  'limit_exceeded',
  'method_not_found',
  'parse_error',
  'invalid_request',
  'required_parameter_missed',
  'unexpected_parameters',
  'invalid_parameter_value',
  'data_type_error',
  'entity_not_found',
  'duplicate_entity',
  'dependency_error',
  'internal_error',
] as const;

/** Whether there is advice for an error. */
export function isAdvised(mnemonic: string): mnemonic is (typeof advised)[number] {
  return (advised as readonly string[]).includes(mnemonic);
}
