import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { AttributionModelsDocument, type AttributionModelFieldsFragment } from '@/graphql/generated/graphql';
import { isKnownModel } from './weights';

const context = { additionalTypenames: ['AttributionModel'] };
const none: AttributionModelFieldsFragment[] = [];

/** All attribution models, and their names in the cabinet's language. */
export function useModels() {
  const { t } = useTranslation();
  const [result, retry] = useQuery({ query: AttributionModelsDocument, context });
  const models = result.data?.attributionModels ?? none;
  const nameOf = (id: string) =>
    models.find((model) => model.id === id)?.name || (isKnownModel(id) ? t(`reports.model.${id}`) : id);
  return { models, ids: models.map(({ id }) => id), nameOf, result, retry };
}
