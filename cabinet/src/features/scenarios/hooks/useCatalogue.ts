import { useMemo } from 'react';
import { useQuery } from 'urql';
import { useLocalText } from '@/features/integrations/hooks/useLocalText';
import {
  type OperationTypeFieldsFragment,
  ScenarioChoicesDocument,
  ScenarioOperationTypesDocument,
} from '@/graphql/generated/graphql';
import type { Operation } from '../graph';

const ofChoices = {
  additionalTypenames: ['EmployeeGroup', 'Schedule', 'MediaFile', 'Scenario', 'CallTag', 'Integration'],
};

/** The types of operations, in the reader's words, and what their settings can choose from. */
export function useCatalogue() {
  const local = useLocalText();
  const [types, retry] = useQuery({ query: ScenarioOperationTypesDocument });
  const [choices] = useQuery({ query: ScenarioChoicesDocument, context: ofChoices });
  const specs = types.data?.scenarioOperationTypes;
  const catalogue = useMemo(() => {
    if (!specs) {
      return undefined;
    }
    const specOf = (type: string): OperationTypeFieldsFragment | undefined =>
      specs.find((spec) => spec.type === type);
    const typeTitle = (type: string) => {
      const spec = specOf(type);
      return spec ? local(spec.title) : type;
    };
    const summary = (type: string) => {
      const spec = specOf(type);
      return spec ? local(spec.summary) : '';
    };
    const exitTitle = (type: string, name: string) => {
      const exit = specOf(type)?.exits.find((one) => one.name === name);
      return exit ? local(exit.title) : name;
    };
    const fieldTitle = (type: string, key: string) => {
      const field = specOf(type)?.fields.find((one) => one.key === key);
      return field ? local(field.title) : undefined;
    };
    const nameOf = ({ title, type }: Pick<Operation, 'title' | 'type'>) => title.trim() || typeTitle(type);
    return { specs, specOf, typeTitle, summary, exitTitle, fieldTitle, nameOf, local };
  }, [specs, local]);
  return { catalogue, choices: choices.data, error: types.error, retry };
}

/** See `useCatalogue`. */
export type Catalogue = NonNullable<ReturnType<typeof useCatalogue>['catalogue']>;

/** See `useCatalogue`. */
export type ScenarioChoices = ReturnType<typeof useCatalogue>['choices'];
