"""The product-service's two readings as FastAPI serves them: DATABASE=FILE uvicorn fastapi_products:app"""
import os
import sqlite3
from datetime import datetime, timezone

from fastapi import FastAPI, HTTPException

app = FastAPI()
database = sqlite3.connect(os.environ["DATABASE"], check_same_thread=False)
database.row_factory = sqlite3.Row


def time(milliseconds):
    return datetime.fromtimestamp(milliseconds / 1000, timezone.utc).isoformat(timespec="milliseconds")


def product(row):
    return {
        "id": row["id"], "name": row["name"], "description": row["description"],
        "price": {"amount": row["price_amount"], "currency": row["price_currency"]}, "stock": row["stock"],
        "createdAt": time(row["created_at"]), "updatedAt": time(row["updated_at"]),
    }


@app.get("/api/products")
async def products(limit: int = 20):
    rows = database.execute("SELECT * FROM products ORDER BY created_at, id LIMIT ?", (limit,)).fetchall()
    return {"items": [product(row) for row in rows], "nextCursor": None}


@app.get("/api/products/{id}")
async def one(id: str):
    row = database.execute("SELECT * FROM products WHERE id = ?", (id,)).fetchone()
    if row is None:
        raise HTTPException(404)
    return product(row)
