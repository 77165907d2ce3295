// What scripts find around them. Runs inside the interpreter, anew for each run; `host` is the only way out of it.
/* oxlint-disable no-unused-expressions, promise/no-callback-in-promise */
(function (host, compile) {
  'use strict';

  // Kept, so that nothing a script does to the originals changes what this file does.
  const { parse, stringify } = JSON;
  const isArray = Array.isArray;
  const { isFinite } = Number;

  class BaasBoxError extends Error {
    constructor(data) {
      super(typeof data === 'string' ? data : data?.message || 'baasbox generic error');
      this.name = 'BaasBoxError';
      if (typeof data === 'object' && data !== null) this.data = data;
    }
  }

  function call(name, ...args) {
    const reply = host(name, stringify(args));
    const value = reply.length > 1 ? parse(reply.slice(1)) : null;
    if (reply[0] === '+') return value;
    throw new BaasBoxError(value);
  }

  /** Calls an endpoint of the server; `query` holds texts and lists of texts. */
  function request(method, path, query, body) {
    return call('request', method, path, query ?? {}, body);
  }

  /** Like `request`, and `null` when there is no such thing. */
  function look(path, query) {
    try {
      return request('GET', path, query);
    } catch (error) {
      if (error.data?.status === 404 && !error.data.noCollection) return null;
      throw error;
    }
  }

  const isObject = (value) => typeof value === 'object' && value !== null && !isArray(value);

  function need(condition, message) {
    if (!condition) throw new TypeError(message);
  }

  /** Criteria as scripts write them, as the texts of a query string. */
  function criteria(given) {
    const query = {};
    for (const name of Object.keys(given ?? {})) {
      const value = given[name];
      if (value === null || value === undefined) continue;
      if (name === 'params') query.params = (isArray(value) ? value : [value]).map(text);
      else if (name !== 'links') query[name] = text(value);
    }
    return query;
  }

  const text = (value) => (typeof value === 'string' ? value : (stringify(value) ?? ''));

  const context = Object.create(null, {
    userName: { enumerable: true, get: () => run.user },
    main: { enumerable: true, get: () => run.main },
  });

  function log(...words) {
    call('log', 'info', words.map(text));
  }

  const console = {};
  for (const level of ['log', 'info', 'warn', 'error', 'debug']) {
    console[level] = (...words) =>
      void call('log', level === 'log' ? 'info' : level, words.map(text));
  }

  const isAdmin = () => call('isAdmin');

  function runAsAdmin(work) {
    need(typeof work === 'function', 'runAsAdmin needs a function');
    call('enterAdmin');
    try {
      return work();
    } finally {
      call('leaveAdmin');
    }
  }

  const DIRECTIONS = { out: 'to', in: 'from' };

  const Documents = {
    find(collection, which, options) {
      need(typeof collection === 'string', 'you must specify a collection');
      if (typeof which !== 'string')
        return request('GET', ['document', collection], criteria(which));
      const links = options?.links;
      if (!links) return look(['document', collection, which], criteria(options));
      const query = criteria(links);
      delete query.linkName;
      if (links.linkDir) query.linkDir = DIRECTIONS[links.linkDir] ?? text(links.linkDir);
      return request('GET', ['document', collection, which, text(links.linkName)], query);
    },
    count(collection, which) {
      const path = ['document', collection, 'count'];
      return request('GET', path, criteria(which)).count;
    },
    save(...args) {
      const object = args[args.length - 1];
      const collection = args.length > 1 ? args[0] : object?.['@class'];
      need(isObject(object) && typeof collection === 'string', 'Invalid arguments');
      const { id } = object;
      if (!id) return request('POST', ['document', collection], {}, object);
      try {
        return request('PUT', ['document', collection, id], {}, object);
      } catch (error) {
        // An id of the script's choice, for a document that is new.
        const chosen = !('@version' in object) && !('@rid' in object);
        if (!chosen || error.data?.status !== 404 || error.data.noCollection) throw error;
        return request('POST', ['document', collection], {}, object);
      }
    },
    remove(collection, id) {
      need(collection && id, 'missing arguments');
      request('DELETE', ['document', collection, id]);
      return true;
    },
    grant: (collection, id, permissions) => grant('PUT', ['document', collection, id], permissions),
    revoke: (collection, id, permissions) =>
      grant('DELETE', ['document', collection, id], permissions),
  };

  function grant(method, path, permissions) {
    need(isObject(permissions), 'invalid permissions');
    for (const [kind, word] of [
      ['users', 'user'],
      ['roles', 'role'],
    ]) {
      const byAction = permissions[kind] ?? {};
      for (const action of Object.keys(byAction)) {
        for (const name of [].concat(byAction[action])) {
          request(method, [...path, action, word, text(name)]);
        }
      }
    }
    return true;
  }

  const SECTIONS = [
    'visibleByTheUser',
    'visibleByFriends',
    'visibleByRegisteredUsers',
    'visibleByAnonymousUsers',
  ];

  function sectionsOf(user) {
    const sections = {};
    for (const name of SECTIONS) if (user?.[name] != null) sections[name] = user[name];
    return sections;
  }

  const nameOf = (user) => (typeof user === 'string' ? user : (user?.username ?? user?.user?.name));

  function friendship(method, args) {
    need(args.length > 0, 'you must specify a user');
    const [from, to] = args.length > 1 ? args : [null, args[0]];
    if (from === null || from === run.user) return request(method, ['follow', nameOf(to)]);
    return request(method, ['admin', 'follow', nameOf(from), 'to', nameOf(to)]);
  }

  const Users = {
    find(which) {
      if (typeof which === 'string') {
        return look(isAdmin() ? ['admin', 'user', which] : ['user', which]);
      }
      return request('GET', isAdmin() ? ['admin', 'user'] : ['users'], criteria(which));
    },
    me: () => (run.user === '' ? null : call('me')),
    create(name, password, role, sections, id) {
      need(typeof name === 'string', 'username must be a string');
      need(typeof password === 'string', 'password must be a string');
      const user = { username: name, password, ...sectionsOf(sections) };
      if (isAdmin() || role) {
        if (id != null) user.id = id;
        request('POST', ['admin', 'user'], {}, { ...user, role: role ?? 'registered' });
        return Users.find(name);
      }
      const { 'X-BB-SESSION': _session, ...profile } = request('POST', ['user'], {}, user);
      return profile;
    },
    save(user) {
      need(isObject(user), 'you must supply a user to save');
      const name = nameOf(user) ?? run.user;
      if (!isAdmin() || name === run.user) return call('saveMe', sectionsOf(user));
      const stored = Users.find(name);
      const { role } = user;
      const body = { ...sectionsOf(stored), ...sectionsOf(user) };
      for (const section of SECTIONS) body[section] ??= {};
      return request('PUT', ['admin', 'user', name], {}, role ? { ...body, role } : body);
    },
    followers: (user, which) =>
      request('GET', ['followers', nameOf(user) ?? run.user], criteria(which)),
    following: (user, which) =>
      request('GET', ['following', nameOf(user) ?? run.user], criteria(which)),
    follow: (...args) => {
      const made = friendship('POST', args);
      return made === '' ? true : made;
    },
    unfollow: (...args) => {
      friendship('DELETE', args);
      return true;
    },
    /** `(old, new)` for oneself; `(name, new)` for an administrator; `(name, old, new)`. */
    changePassword(...args) {
      need(args.length > 1, 'missing password');
      if (args.length === 2 && isAdmin()) {
        request('PUT', ['admin', 'user', args[0], 'password'], {}, { password: args[1] });
      } else {
        const [old, next] = args.slice(-2);
        request('PUT', ['me', 'password'], {}, { old, new: next });
      }
      return true;
    },
    /** `(new)` for oneself; `(name, new)` for an administrator. */
    changeUsername(...args) {
      need(args.length > 0, 'missing username');
      const [from, to] = args.length > 1 ? args : [run.user, args[0]];
      call('rename', nameOf(from), to);
      if (from === run.user) run.user = to;
      return true;
    },
    suspend: (user) => (request('PUT', ['admin', 'user', 'suspend', nameOf(user)]), true),
    activate: (user) => (request('PUT', ['admin', 'user', 'activate', nameOf(user)]), true),
    remove: (user) => (request('DELETE', ['admin', 'user', nameOf(user)]), true),
  };

  const Links = {
    find: (which) =>
      typeof which === 'string' ? look(['link', which]) : request('GET', ['link'], criteria(which)),
    save({ sourceId, destId, label }) {
      return request('POST', ['link', text(sourceId), text(label), text(destId)]);
    },
    remove: (id) => (request('DELETE', ['link', text(id)]), true),
  };

  const Files = {
    find: (which) =>
      typeof which === 'string'
        ? look(['file', 'details', which])
        : request('GET', ['file', 'details'], criteria(which)),
    attachedData: (id) => look(['file', 'attachedData', text(id)]),
    content: (id) => look(['file', 'content', text(id)]),
    remove: (id) => (request('DELETE', ['file', text(id)]), true),
    grant: (id, permissions) => grant('PUT', ['file', id], permissions),
    revoke: (id, permissions) => grant('DELETE', ['file', id], permissions),
  };

  const ABORT = Object.freeze(Object.create(null));

  const DB = {
    ABORT,
    select: (statement, params, options) =>
      call('select', text(statement), [].concat(params ?? []).map(text), criteria(options)),
    exec: (statement, params) => call('exec', text(statement), [].concat(params ?? []).map(text)),
    isAnId: (value) =>
      typeof value === 'string' &&
      /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(value),
    createCollection: (name) => (request('POST', ['admin', 'collection', text(name)]), true),
    dropCollection: (name) => (request('DELETE', ['admin', 'collection', text(name)]), true),
    existsCollection: (name) => call('existsCollection', text(name)),
    ensureCollection: (name) => DB.existsCollection(name) || DB.createCollection(name),
    isInTransaction: () => call('isInTransaction'),
    beginTransaction: () => call('beginTransaction'),
    commit: () => call('commit'),
    rollback: () => call('rollback'),
    runInTransaction(work) {
      DB.beginTransaction();
      try {
        const result = work(ABORT);
        if (DB.isInTransaction()) {
          if (result === ABORT) DB.rollback();
          else DB.commit();
        }
        return result === ABORT ? null : result;
      } catch (error) {
        if (DB.isInTransaction()) DB.rollback();
        throw error;
      }
    },
  };

  const Push = {
    OK: 0,
    PARTIAL: 1,
    ERROR: 2,
    PROFILE_1: 1,
    PROFILE_2: 2,
    PROFILE_3: 3,
    /** `(message)` as clients send it, or `(users, text or message, profiles)`. */
    send(...args) {
      if (args.length === 1) return sendPush(args[0]);
      const [to, body, profiles] = args;
      need(to != null && body != null, 'missing required parameters body and to');
      const users = isArray(to)
        ? to.map(nameOf)
        : typeof to === 'string' || nameOf(to)
          ? [nameOf(to)]
          : Users.find(to).map(nameOf);
      return sendPush({
        ...(typeof body === 'string' ? { message: body } : body),
        users,
        profiles: profiles === undefined ? [Push.PROFILE_1] : [].concat(profiles),
      });
    },
  };

  function sendPush(message) {
    request('POST', ['push', 'message'], {}, message);
    return Push.OK;
  }

  const WS = {
    get: (url, options) => call('fetch', 'GET', text(url), null, options ?? {}),
    post: (url, body, options) => call('fetch', 'POST', text(url), body, options ?? {}),
    put: (url, body, options) => call('fetch', 'PUT', text(url), body, options ?? {}),
    delete: (url, options) => call('fetch', 'DELETE', text(url), null, options ?? {}),
  };

  const Sessions = {
    find: (user) => call('sessions', nameOf(user) ?? null),
    getCurrent: () => call('currentSession'),
    create: (name, password) => call('createSession', text(name), text(password)),
    revoke: (token) => call('revokeSession', text(token)),
    revokeAll: (user) => call('revokeSessions', nameOf(user) ?? null),
  };

  const Cache = {
    set: (key, value, options) =>
      void call('cacheSet', text(key), value ?? null, options?.scope ?? 'user', options?.ttl),
    get: (key, options) => call('cacheGet', text(key), options?.scope ?? 'user'),
    getOrElse(key, options, otherwise) {
      const settings = typeof options === 'function' ? { callback: options } : (options ?? {});
      const found = Cache.get(key, settings);
      if (found !== null) return found;
      const make = otherwise ?? settings.callback;
      return typeof make === 'function' ? (make(key) ?? null) : (make ?? null);
    },
    remove: (key, options) => void call('cacheRemove', text(key), options?.scope ?? 'user'),
  };

  const Box = {
    version: '1.0.0',
    Documents,
    Users,
    Links,
    Files,
    DB,
    Push,
    WS,
    Sessions,
    Cache,
    log,
    isAdmin,
    runAsAdmin,
    BaasBoxError,
  };

  /** What a plugin keeps on the server. */
  function storageOf(plugin) {
    /** `work` gets the stored value and gives the next one; nobody changes it meanwhile. */
    function change(work, give) {
      need(typeof work === 'function', 'storage needs a function');
      for (;;) {
        const held = call('holdStorage', plugin);
        let next;
        try {
          next = work(held.value === null ? null : parse(stringify(held.value))) ?? null;
        } catch (error) {
          call('releaseStorage', plugin);
          throw error;
        }
        if (call('putStorage', plugin, next, held.version)) return give(held.value, next);
      }
    }
    return Object.freeze({
      get: () => call('getStorage', plugin),
      set: (value) => (call('setStorage', plugin, value ?? null), value ?? null),
      swap: (work) => change(work, (_before, after) => after),
      trade: (work) => change(work, (before) => before),
    });
  }

  const METHODS = ['get', 'post', 'put', 'delete'];
  const modules = new Map();

  /** Runs the code of a plugin once; gives it as others see it. */
  function load(name, code) {
    const handlers = Object.create(null);
    const module = { id: name, exports: {} };
    const loaded = { module, handlers, requests: null };
    modules.set(name, loaded);

    const on = (event, handler) => {
      need(typeof handler === 'function', 'handler must be a function');
      handlers[event] = handler;
    };
    const http = (every) => {
      const server = { handlers: Object.create(null) };
      for (const method of METHODS) {
        server[method] = (handler) => {
          server.handlers[method] = handler;
          return server;
        };
        if (typeof every === 'function') server[method](every);
      }
      server.all = (handler) => {
        for (const method of METHODS) server[method](handler);
        return server;
      };
      loaded.requests = server.handlers;
      return server;
    };
    const storage = storageOf(name);
    Object.assign(module, { module, require, Box, http, on, storage, context, console, log });
    // In the order of the names that the server gives the function.
    compile(name, code).call(
      module,
      module.exports,
      module,
      require,
      Box,
      http,
      on,
      storage,
      context,
      console,
      console,
      log,
      BaasBoxError,
    );
    return loaded;
  }

  function require(name) {
    need(typeof name === 'string', 'require needs the name of a module');
    if (name === 'baasbox' || name === 'baasbox.core') return Box;
    const known = modules.get(name) ?? load(name, call('require', name));
    return known.module.exports;
  }

  /** The answer to a request, as the server understands it. */
  function answerOf(result) {
    if (!isObject(result)) return stringify({ status: 200 });
    const { status, headers } = result;
    let { content } = result;
    if (typeof content === 'number' && !isFinite(content)) content = String(content);
    return stringify({ status: typeof status === 'number' ? status : 200, headers, content });
  }

  function hookAnswer(result) {
    if (result === undefined || result === null || result === true) return { agreed: true };
    if (result === false) return { agreed: false };
    if (isObject(result) && typeof result.status === 'boolean') {
      return { agreed: result.status, message: text(result.message ?? '') };
    }
    throw new TypeError('A hook answers true, false, or an object with status and message');
  }

  const then = (value, next) =>
    value !== null && typeof value === 'object' && typeof value.then === 'function'
      ? value.then(next)
      : next(value);

  const run = { user: '', main: '' };

  return (name, code, eventText) => {
    const event = parse(eventText);
    run.user = event.user;
    run.main = name;
    const loaded = load(name, code);
    if (event.hook === undefined) {
      const { data } = event;
      const every = loaded.handlers.request;
      const handler =
        loaded.requests?.[data.method.toLowerCase()] ??
        (every && (() => every.call(loaded.module, { name: 'request', data })));
      need(typeof handler === 'function', `no handler for ${data.method}`);
      return then(handler.call(loaded.module, data), answerOf);
    }
    const hooks = event.hook === 'upgrade' ? ['upgrade', 'install'] : [event.hook];
    const handler = hooks.map((hook) => loaded.handlers[hook]).find(Boolean);
    const result = handler?.call(loaded.module, { name: event.hook, data: event.data ?? null });
    return then(result, (value) => stringify(hookAnswer(value)));
  };
});
