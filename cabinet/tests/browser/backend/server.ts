import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { type DocumentNode, graphql, type GraphQLSchema, parse } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { serveRecording } from './recordings';
import { failure, resolversOf } from './resolvers';
import type { State } from './state';

const here = fileURLToPath(new URL('.', import.meta.url));
/** The built cabinet: the folder `vite build` writes, or another one. */
const dist = process.env.CABINET_DIST ?? join(here, '../../../dist');
const schemaFolder = join(here, '../../../../graph/schema');

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The policy the real server sends, and how long it lets files be kept whose names tell their content. */
const policy = "default-src 'self'; style-src 'self' 'unsafe-inline'";
const immutable = 'public, max-age=31536000, immutable';

/** The address of a page on which nothing runs; it has the cabinet's icon, so that the browser does not look for another one. */
export const stillPath = '/still.html';
const still = '<!doctype html><title>Still</title><link rel="icon" type="image/svg+xml" href="/favicon.svg">';

/** A server of the built cabinet with a back end in memory. */
export interface TestServer {
  url: string;
  readonly state: State;
  /** Goes on with another state, at the same address. */
  reset: (state: State) => void;
  close: () => Promise<void>;
}

/** What the server answers from. */
interface BackEnd {
  state: State;
  schema: GraphQLSchema;
}

const typeDefs = readSchema();
const backEndOf = (state: State): BackEnd => ({
  state,
  schema: makeExecutableSchema({ typeDefs, resolvers: resolversOf(state) }),
});

/** Starts a server on a free port of the loopback address. */
export async function startServer(state: State): Promise<TestServer> {
  let current = backEndOf(state);
  const server = createServer((request, response) => {
    if (request.url === '/graphql') {
      answer(current, request, response).catch((error: unknown) => {
        response.statusCode = 500;
        response.end(String(error));
      });
    } else if (request.url?.startsWith('/recordings/')) {
      serveRecording(request, response);
    } else {
      serve(request, response);
    }
  });
  const sockets = new WebSocketServer({ server, path: '/graphql' });
  const subscriptions = useServer({ schema: () => current.schema }, sockets);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    get state() {
      return current.state;
    },
    reset: (next) => (current = backEndOf(next)),
    close: async () => {
      await subscriptions.dispose();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function readSchema(): DocumentNode[] {
  return readdirSync(schemaFolder)
    .filter((name) => name.endsWith('.graphqls'))
    .map((name) => parse(readFileSync(join(schemaFolder, name), 'utf8')));
}

async function answer({ state, schema }: BackEnd, request: IncomingMessage, response: ServerResponse) {
  const body = await read(request);
  const { query, variables, operationName } = JSON.parse(body) as {
    query: string;
    variables?: Record<string, unknown>;
    operationName?: string;
  };
  await state.held.get(operationName ?? '');
  const fault = state.failing.get(operationName ?? '');
  response.setHeader('Content-Type', 'application/json');
  // Like the real server: no cookies without the header, nor where a stream is accepted.
  if (request.headers['x-requested-with'] !== 'skvoz' || request.headers.accept !== 'application/json') {
    response.end(JSON.stringify({ errors: [failure('FORBIDDEN', { reason: 'foreign_origin' })] }));
    return;
  }
  const result = fault
    ? { errors: [failure(String(fault.code), fault)] }
    : await graphql({ schema, source: query, variableValues: variables, operationName });
  response.end(JSON.stringify(result));
}

async function read(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) {
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts).toString('utf8');
}

function serve(request: IncomingMessage, response: ServerResponse): void {
  const path = normalize(new URL(request.url ?? '/', 'http://localhost').pathname);
  const file = extname(path) === '' ? '/index.html' : path;
  response.setHeader('Content-Security-Policy', policy);
  response.setHeader('Content-Type', types[extname(file)] ?? 'application/octet-stream');
  try {
    const content = path === stillPath ? still : readFileSync(join(dist, file));
    if (file.startsWith('/assets/')) {
      response.setHeader('Cache-Control', immutable);
    }
    response.end(content);
  } catch {
    response.statusCode = 404;
    response.end();
  }
}
