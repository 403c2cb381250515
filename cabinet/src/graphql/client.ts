import { cacheExchange, Client, fetchExchange, mapExchange, subscriptionExchange } from 'urql';
import { problemOf } from './problem';
import { subscribe } from './socket';

/** Where the server answers GraphQL, relative to the cabinet's own origin. */
const endpoint = '/graphql';

/** A client with an empty cache; a new one is made for each signed-in user. */
export function createClient(onUnauthenticated: () => void): Client {
  return new Client({
    url: endpoint,
    preferGetMethod: false,
    requestPolicy: 'cache-and-network',
    fetchOptions: {
      credentials: 'same-origin',
      // The server accepts cookies only together with a header no foreign form can send.
      // Streams are not asked for: the server signs in and out by ordinary answers only.
      headers: { 'X-Requested-With': 'skvoz', Accept: 'application/json' },
    },
    exchanges: [
      cacheExchange,
      mapExchange({
        onError(error) {
          if (problemOf(error).code === 'UNAUTHENTICATED') {
            onUnauthenticated();
          }
        },
      }),
      fetchExchange,
      subscriptionExchange({ forwardSubscription: subscribe(endpoint) }),
    ],
  });
}
