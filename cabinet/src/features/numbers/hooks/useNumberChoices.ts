import { useMemo } from 'react';
import { useQuery } from 'urql';
import { NumberChoicesDocument } from '@/graphql/generated/graphql';

const context = {
  additionalTypenames: [
    'Site',
    'NumberPool',
    'SiteBlock',
    'Scenario',
    'PbxConnection',
    'Integration',
    'Campaign',
  ],
};

/** What numbers can be tied to, with names by id. */
export function useNumberChoices() {
  const [{ data }] = useQuery({ query: NumberChoicesDocument, context });
  return useMemo(() => {
    const sites = data?.sites ?? [];
    const choices = {
      sites,
      campaigns: sites.flatMap(({ id, campaigns }) => campaigns.map((c) => ({ ...c, siteId: id }))),
      pools: data?.numberPools ?? [],
      blocks: data?.siteBlocks ?? [],
      scenarios: data?.scenarios ?? [],
      connections: data?.pbxConnections ?? [],
      integrations: data?.integrations ?? [],
    };
    const nameIn = (things: { id: string; name: string }[]) => (id: string | null | undefined) =>
      id == null ? undefined : things.find((thing) => thing.id === id)?.name;
    return {
      ...choices,
      site: nameIn(choices.sites),
      campaign: nameIn(choices.campaigns),
      pool: nameIn(choices.pools),
      block: nameIn(choices.blocks),
      scenario: nameIn(choices.scenarios),
      connection: nameIn(choices.connections),
      integration: nameIn(choices.integrations),
    };
  }, [data]);
}

/** See `useNumberChoices`. */
export type NumberChoices = ReturnType<typeof useNumberChoices>;
