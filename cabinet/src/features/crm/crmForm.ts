import type {
  ConversionModel,
  CrmFieldsFragment,
  CrmTerms,
  LinkingGoalsQuery,
  UpdateCrmInput,
} from '@/graphql/generated/graphql';

/** Conversion models in the order of the choice. */
export const conversionModels = [
  'LAST_BEFORE_CONTACT',
  'LAST_BEFORE_DEAL',
  'LAST_BEFORE_LEAD',
] as const satisfies ConversionModel[];

/** Words for a CRM's entities, in the order of the choice. */
export const crmTerms = ['DEALS', 'APPOINTMENTS'] as const satisfies CrmTerms[];

/** What a person edits of a CRM. */
export interface CrmFormValues {
  conversionModel: ConversionModel;
  goalIds: string[];
  /** Funnels whose place in reports was changed; the others stay as they are, those that come meanwhile too. */
  funnels: Record<string, boolean>;
  terms: CrmTerms;
  ignoreOutgoingCalls: boolean;
  ignoreOutgoingChats: boolean;
}

/** A CRM as the form shows it. */
export function crmFormOf(crm: CrmFieldsFragment): CrmFormValues {
  return {
    conversionModel: crm.conversionModel,
    goalIds: crm.goals.map(({ id }) => id),
    funnels: {},
    terms: crm.terms,
    ignoreOutgoingCalls: crm.ignoreOutgoingCalls,
    ignoreOutgoingChats: crm.ignoreOutgoingChats,
  };
}

/** The settings as the server takes them, funnels aside. */
export function crmInput(id: string, values: CrmFormValues): UpdateCrmInput {
  const { conversionModel, goalIds, terms, ignoreOutgoingCalls, ignoreOutgoingChats } = values;
  return { id, conversionModel, goalIds, terms, ignoreOutgoingCalls, ignoreOutgoingChats };
}

/** Whether a funnel is in reports by the form. */
export function isShown(
  funnel: { id: string; inReports: boolean },
  changed: Record<string, boolean>,
): boolean {
  return changed[funnel.id] ?? funnel.inReports;
}

/** The funnels to show in reports, or null when nothing about them was changed. */
export function funnelChoice(
  funnels: { id: string; inReports: boolean }[],
  changed: Record<string, boolean>,
): string[] | null {
  if (funnels.every((funnel) => isShown(funnel, changed) === funnel.inReports)) {
    return null;
  }
  return funnels.filter((funnel) => isShown(funnel, changed)).map(({ id }) => id);
}

/** Goals that may link a campaign with a deal, by site: those flagged as goals, and those chosen before. */
export function goalGroups(
  sites: LinkingGoalsQuery['sites'],
  chosen: string[],
): { group: string; items: { value: string; name: string }[] }[] {
  return sites
    .map(({ name, goals }) => ({
      group: name,
      items: goals
        .filter(({ id, isGoal }) => isGoal || chosen.includes(id))
        .map((goal) => ({ value: goal.id, name: goal.name })),
    }))
    .filter(({ items }) => items.length > 0);
}

/** Whether something is being counted, so that the page should look again soon. */
export function isWorking(
  crm: Pick<CrmFieldsFragment, 'dealsLoad' | 'leadsLoad' | 'dealsInProcessing'>,
): boolean {
  return (
    crm.dealsInProcessing > 0 || [crm.dealsLoad, crm.leadsLoad].some(({ state }) => state === 'IN_PROCESS')
  );
}
