// GraphiQL over the API beside it. The address is relative, so that it also holds where a proxy serves Lectern under a path.
import { createElement } from 'react';
import { createRoot } from 'react-dom/client';
import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { setNonce } from 'get-nonce';
import { GraphiQL } from 'graphiql';
import 'graphiql/style.css';
import './source.css';

// An open dialog keeps the page behind it from scrolling by a style of its own, which the page's policy knows by this word.
setNonce(document.currentScript.nonce);

const fetcher = createGraphiQLFetcher({ url: new URL('graphql', window.location.href).href });
createRoot(document.getElementById('graphiql')).render(createElement(GraphiQL, { fetcher }));
