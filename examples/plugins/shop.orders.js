// Takes orders: stock and order change together or not at all, and only the server decides the price.
//   POST /plugin/shop.orders {"tea": "<id>", "grams": 100}
//   GET  /plugin/shop.orders             the caller's own orders, newest first
// It needs the collections `teas` and `orders`, and makes `orders` itself when it is installed.
on('install', function () {
  if (!Box.DB.existsCollection('teas')) {
    return { status: false, message: 'There is no collection teas' };
  }
  Box.DB.ensureCollection('orders');
  return { status: true, message: 'Orders can be taken' };
});

http()
  .post(function (request) {
    var order = request.body || {};
    if (context.userName === '' || !(order.grams > 0)) {
      return { status: 400, content: 'Who orders how much?' };
    }
    return Box.DB.runInTransaction(function () {
      var tea = Box.runAsAdmin(function () {
        var found = Box.Documents.find('teas', String(order.tea));
        if (found === null || found.stock < order.grams) return null;
        found.stock -= order.grams;
        return Box.Documents.save(found);
      });
      if (tea === null) return { status: 404, content: 'Not in stock' };
      var number = storage.swap(function (last) {
        return (last || 0) + 1;
      });
      var price = Math.round(tea.price * order.grams) / 100;
      var saved = Box.Documents.save('orders', { number: number, tea: tea.name, price: price });
      Box.log('order', number, 'of', context.userName);
      return { status: 201, content: saved };
    });
  })
  .get(function () {
    return { content: Box.Documents.find('orders', { orderBy: 'number desc' }) };
  });
