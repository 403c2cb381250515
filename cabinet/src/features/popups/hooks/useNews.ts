import { useEffect, useRef } from 'react';
import { useClient } from 'urql';
import { CallPopUpsDocument, type PopUpFieldsFragment } from '@/graphql/generated/graphql';

/** When to ask again after the server ended the news with an error, in milliseconds. */
const retryAfter = 5000;

/** Listens to the server for news of rings while it is on; the socket connects anew by itself. */
export function useNews(isOn: boolean, take: (popUp: PopUpFieldsFragment) => void): void {
  const client = useClient();
  const latest = useRef(take);
  useEffect(() => {
    latest.current = take;
  }, [take]);
  useEffect(() => {
    if (!isOn) {
      return;
    }
    let timer: number | undefined;
    let stop: () => void = () => undefined;
    const listen = () => {
      stop();
      const news = client.subscription(CallPopUpsDocument, {}).subscribe(({ data, error, hasNext }) => {
        if (data) {
          latest.current(data.callPopUps);
        }
        if (error || !hasNext) {
          window.clearTimeout(timer);
          timer = window.setTimeout(listen, retryAfter);
        }
      });
      stop = news.unsubscribe;
    };
    listen();
    return () => {
      window.clearTimeout(timer);
      stop();
    };
  }, [client, isOn]);
}
