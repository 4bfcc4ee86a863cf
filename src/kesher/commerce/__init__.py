"""Shops, products, orders, carts and coupons."""
