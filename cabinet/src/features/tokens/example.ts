import type { TokenScope } from '@/graphql/generated/graphql';

/** A command that shows a new token at work: it asks for something the token may do. */
export function exampleCall(secret: string, scopes: TokenScope[], origin: string): string {
  const json = `-H 'Content-Type: application/json'`;
  if (scopes.includes('READ')) {
    return graphql('{ me { email } }');
  }
  if (scopes.includes('DATA_API')) {
    const body = { jsonrpc: '2.0', id: 1, method: 'get.account', params: { access_token: secret } };
    return `curl ${json} \\\n  -d '${JSON.stringify(body)}' ${origin}/v2.0`;
  }
  if (scopes.includes('ATTRIBUTION')) {
    return graphql(
      '{ dealByExternalId(externalId: "1001") { name attribution(model: "last_click") { touches { at weight keyword } } } }',
    );
  }
  return graphql('{ __typename }');

  function graphql(query: string): string {
    return `curl -H 'Authorization: Bearer ${secret}' ${json} \\\n  -d '${JSON.stringify({ query })}' ${origin}/graphql`;
  }
}
