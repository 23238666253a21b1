// The product-service's two readings as Express serves them: DATABASE=FILE PORT=PORT node express_products.js
const express = require("express");
const sqlite3 = require("sqlite3");

const app = express();
const database = new sqlite3.Database(process.env.DATABASE);
const one = database.prepare("SELECT * FROM products WHERE id = ?");
const list = database.prepare("SELECT * FROM products ORDER BY created_at, id LIMIT ?");

function product(row) {
  return {
    id: row.id, name: row.name, description: row.description,
    price: { amount: row.price_amount, currency: row.price_currency }, stock: row.stock,
    createdAt: new Date(row.created_at).toISOString(), updatedAt: new Date(row.updated_at).toISOString(),
  };
}

// A line for each request, as the product-service and uvicorn write one.
app.use((request, response, next) => {
  const begin = process.hrtime.bigint();
  response.on("finish", () => {
    const took = Number(process.hrtime.bigint() - begin) / 1e6;
    console.log(JSON.stringify({
      timestamp: new Date().toISOString(), level: "info", message: "request", method: request.method,
      path: request.path, status: response.statusCode, durationMs: took,
    }));
  });
  next();
});

app.get("/api/products", (request, response, next) => {
  list.all(Number(request.query.limit ?? 20), (error, rows) => {
    if (error) return next(error);
    response.json({ items: rows.map(product), nextCursor: null });
  });
});

app.get("/api/products/:id", (request, response, next) => {
  one.get(request.params.id, (error, row) => {
    if (error) return next(error);
    if (!row) return response.status(404).json({ error: "not found" });
    response.json(product(row));
  });
});

app.listen(Number(process.env.PORT), "127.0.0.1");
